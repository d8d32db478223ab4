# The image of Puente: one static binary, a busybox for `sh`, certificate authorities, and nothing else.
#
#   docker build -t puente .
#
# To pin the bases by digest: --build-arg RUST_IMAGE=rust@sha256:… --build-arg DEBIAN_IMAGE=debian@sha256:…
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG DEBIAN_IMAGE=debian:bookworm-slim

# The workspace's manifests with empty sources. They change seldom, so the next stage is seldom built again.
FROM ${RUST_IMAGE} AS manifests
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY tests/Cargo.toml tests/
COPY bench/Cargo.toml bench/
COPY docker/stub-sources.sh /usr/local/bin/stub-sources
RUN stub-sources

# A layer of its own, that a change of sources leaves alone.
FROM ${RUST_IMAGE} AS dependencies
# `dev` builds in a third of the time, for tests: twice as large, and slow.
ARG PROFILE=release
WORKDIR /src
# A static binary needs no C library in its image. Naming the target keeps the flag away from procedural macros.
# Packed relocations save a megabyte.
ENV PROFILE=${PROFILE} CARGO_PROFILE_DEV_DEBUG=false CARGO_PROFILE_DEV_STRIP=symbols
ENV RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs" SQLX_OFFLINE=true CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
COPY docker/build.sh /usr/local/bin/build-puente
COPY --from=manifests /src .
RUN --mount=type=cache,target=/usr/local/cargo/registry build-puente dependencies

# What this builder has compiled before is in a cache, so that only packages that changed are compiled again.
FROM dependencies AS build
COPY Cargo.toml Cargo.lock ./
COPY crates crates
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target,sharing=locked build-puente

FROM ${DEBIAN_IMAGE} AS root
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends busybox-static ca-certificates >/dev/null
WORKDIR /root-fs
ARG APP_UID=1000
ARG APP_GID=1000
RUN mkdir -p bin usr/bin usr/local/bin etc/ssl/certs app/data app/uploads app/logs app/backups \
    && for applet in $(/bin/busybox --list); do ln -s busybox "bin/$applet"; done && cp --remove-destination /bin/busybox bin/ \
    && install -d -m 1777 tmp && cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ \
    && echo "root:x:0:0:root:/:/bin/sh" >etc/passwd && echo "root:x:0:" >etc/group \
    && echo "appuser:x:$APP_UID:$APP_GID:Puente:/app:/bin/sh" >>etc/passwd && echo "appuser:x:$APP_GID:" >>etc/group \
    && chown -R "$APP_UID:$APP_GID" app
COPY --from=build /src/puente usr/local/bin/puente
COPY --chmod=755 docker/docker-entrypoint.sh usr/local/bin/

FROM scratch
ARG APP_UID=1000
ARG APP_GID=1000
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Puente" \
    org.opencontainers.image.description="A governed door through which AI agents reach business systems (MCP)" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.source="https://github.com/puente-mcp/puente" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION"
COPY --from=root /root-fs /
ENV PATH=/usr/local/bin:/bin HOST=0.0.0.0 PORT=8000 DATA_DIR=/app/data UPLOADS_DIR=/app/uploads
# By number, so that Kubernetes can tell that it is not root.
USER ${APP_UID}:${APP_GID}
WORKDIR /app
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["puente", "healthcheck"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["serve"]
