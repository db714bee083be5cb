#!/bin/sh
# Writes a small Debian system as a tar archive to standard output: `bases/debian.sh FOLDER`,
# which is worked in and left empty. The certificates that this machine trusts come along, so that
# what is installed in a container is fetched the same way as on the machine.
set -eu
folder=$1/debian
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
certificates=/etc/ssl/certs/ca-certificates.crt

debootstrap --variant=minbase --include=ca-certificates --keyring="$keyring" trixie "$folder" >&2

cat >"$folder/etc/apt/apt.conf.d/small" <<'END'
APT::Keep-Downloaded-Packages "false";
Acquire::Languages "none";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
cat >"$folder/etc/dpkg/dpkg.cfg.d/small" <<'END'
path-exclude /usr/share/doc/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
END
rm -rf "$folder"/usr/share/doc/* "$folder"/usr/share/locale/* "$folder"/usr/share/man/* \
    "$folder"/var/cache/apt/* "$folder"/var/lib/apt/lists/* "$folder"/var/log/*
if [ -e "$certificates" ]; then
    cp "$certificates" "$folder$certificates"
fi

tar --directory "$folder" --create .
rm -rf "$folder"
