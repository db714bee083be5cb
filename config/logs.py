"""Structured logs: one line an event, as text for people or as JSON for machines."""

import logging.config
from http.client import BAD_REQUEST, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE

import structlog
from structlog.typing import Processor

from config.redaction import redacted

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def calm_refusals(record: logging.LogRecord) -> bool:
    """Makes a request that was refused a warning without a traceback: nothing is to be fixed.

    Django tells of a bad host, a broken form and a full queue in the words it has for errors, and
    anybody can send them by the thousand.
    """
    status = getattr(record, "status_code", 0)
    if BAD_REQUEST <= status < INTERNAL_SERVER_ERROR or status == SERVICE_UNAVAILABLE:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
    return True


def logging_config(*, as_json: bool, to: str = "logging.StreamHandler") -> None:
    """Sends structlog's and the standard library's records through one formatter.

    `to` is the class of their handler: by default the one for standard error.
    """
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *([structlog.processors.format_exc_info] if as_json else []),
                        redacted(renderer),
                    ],
                }
            },
            "filters": {"calm": {"()": lambda: calm_refusals}},
            "handlers": {"output": {"class": to, "formatter": "structured", "filters": ["calm"]}},
            "root": {"handlers": ["output"], "level": "INFO"},
            "loggers": {
                "django.server": {"handlers": [], "propagate": True},
                # Each task announces itself twice; the run's own log lines say more.
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
            },
        }
    )
