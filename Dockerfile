# The images of docker-compose.yml: `web` (pages, `prepare`, the sweep) and `worker` (training, with
# TensorFlow). Build tools stay behind in the earlier stages.
FROM python:3.13-slim AS tools
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /srv/weightwise
COPY requirements-tools.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-tools.lock

# The cache belongs to the builder, at uv's default place for root, and is never part of an image.
FROM tools AS worker-packages
COPY requirements-worker.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --python "$(command -v python)" /opt/venv && \
    uv pip sync --require-hashes --python /opt/venv/bin/python requirements-worker.lock

FROM tools AS web-packages
COPY requirements-web.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --python "$(command -v python)" /opt/venv && \
    uv pip sync --require-hashes --python /opt/venv/bin/python requirements-web.lock

FROM web-packages AS source
COPY . .
# Production settings refuse to guess, so this one step gets values that nothing else sees.
RUN DJANGO_SETTINGS_MODULE=config.settings.prod \
    WEIGHTWISE_SECRET_KEY=for-collecting-static-files-only \
    WEIGHTWISE_ALLOWED_HOSTS=localhost \
    WEIGHTWISE_EMAIL_URL=dummymail:// \
    WEIGHTWISE_DATA=/tmp \
    DATABASE_URL=postgres://db/weightwise \
    REDIS_URL=redis://redis/0 \
    /opt/venv/bin/python manage.py collectstatic --no-input
RUN /opt/venv/bin/python -m compileall -q .

FROM python:3.13-slim AS base
# The number is fixed: volumes and secret files are readable to it or not.
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin weightwise && \
    install -d -o weightwise -g weightwise -m 0700 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    WEIGHTWISE_DATA=/data \
    WEIGHTWISE_LOG_FORMAT=json \
    KERAS_HOME=/data/keras
WORKDIR /srv/weightwise

FROM base AS worker
COPY --from=worker-packages /opt/venv /opt/venv
COPY --from=source /srv/weightwise /srv/weightwise
USER 10001:10001
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["python", "scripts/health.py", "worker"]
CMD ["celery", "-A", "config", "worker", "--pool", "prefork", "--concurrency", "1", "--loglevel", "info", "--without-gossip", "--without-mingle"]

FROM base AS web
COPY --from=web-packages /opt/venv /opt/venv
COPY --from=source /srv/weightwise /srv/weightwise
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "scripts/health.py", "web"]
CMD ["python", "scripts/serve.py", "--host", "0.0.0.0", "--port", "8000"]
