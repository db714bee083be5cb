"""Pure TensorFlow: plans in, reports out."""

import os

from training_jobs.engine.surroundings import settle

# Before any module here imports TensorFlow.
settle(os.environ)
