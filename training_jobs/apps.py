from django.apps import AppConfig


class TrainingJobsConfig(AppConfig):
    name = "training_jobs"
    verbose_name = "Training"

    def ready(self) -> None:
        from training_jobs import (  # noqa: F401  (connect their receivers)
            claiming,
            publication,
            trainer,
            workers,
        )
