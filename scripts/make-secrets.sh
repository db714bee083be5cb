#!/bin/sh
# Makes the secret files that docker-compose.yml mounts: `scripts/make-secrets.sh FOLDER EMAIL_URL`.
# FOLDER is outside the repository. A file that exists is left as it is, so a second run only
# adds what is missing.
set -eu
umask 077

if [ $# -ne 2 ]; then
    echo "Usage: scripts/make-secrets.sh FOLDER EMAIL_URL  (EMAIL_URL as smtp+tls://user:password@host:587)" >&2
    exit 2
fi
folder=$1 email_url=$2
mkdir -p "$folder"
chmod 700 "$folder"

random() {
    # Letters and digits only: two of these become part of a URL.
    LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 50
}

keep() {
    # No line break at the end: the file's content is the value.
    [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"
    # The folder keeps everybody else out. The file itself is mounted as it is into containers
    # whose users are not the one who made it.
    chmod 444 "$folder/$1"
}

keep secret_key "$(random)"
keep database_password "$(random)"
keep redis_password "$(random)"
keep database_url "postgres://weightwise:$(cat "$folder/database_password")@db:5432/weightwise"
keep redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
keep email_url "$email_url"
echo "The secrets are in $folder."
