"""Pure TensorFlow: plans in, reports out."""

import os

# XLA reads its flags once, when TensorFlow first compiles, so before any module here imports it.
# By default it keeps to half of the widest vectors that a processor has; updating weights, which is
# where a step of a small network spends its time, gains from all of them.
_WIDE = "--xla_cpu_prefer_vector_width=512"
if "xla_cpu_prefer_vector_width" not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {_WIDE}".strip()
