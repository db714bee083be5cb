#!/bin/sh
# Django's own deployment check of the production settings, with values that are thrown away.
set -eu
python=$1
export DJANGO_SETTINGS_MODULE=config.settings.prod
export DATABASE_URL=postgres://db/weightwise
export REDIS_URL=redis://redis/0
export WEIGHTWISE_ALLOWED_HOSTS=weightwise.example
export WEIGHTWISE_CSRF_TRUSTED_ORIGINS=https://weightwise.example
export WEIGHTWISE_EMAIL_URL=smtp://mail.example:25
WEIGHTWISE_SECRET_KEY=$("$python" -c 'import secrets; print(secrets.token_urlsafe(50))')
export WEIGHTWISE_SECRET_KEY
exec "$python" manage.py check --deploy --fail-level WARNING
