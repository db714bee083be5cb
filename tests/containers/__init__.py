"""`make containers`: docker-compose.yml started for real, and its main job done through it.

    python -m tests.containers

builds the images, starts every service as the compose file has it, acts as a guest, lets a worker,
the database and the data be lost and come back, and prints what it measured. It needs docker with
its compose plugin, or podman; base images that cannot be pulled are made from Debian's packages.
"""
