# syntax=docker/dockerfile:1

FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The cache mounts keep the downloads and the compiled dependencies from one build to the next;
# the binary is copied out, because a mount is not part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package seatline-bootstrap --bin seatline \
    && cp target/release/seatline /usr/local/bin/seatline

FROM docker.io/library/debian:bookworm-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin seatline
COPY --from=build /usr/local/bin/seatline /usr/local/bin/seatline
# Says what is missing where there is no DATABASE_URL.
COPY script/image-start /usr/local/bin/image-start
# Whom sslmode=verify-full trusts unless sslrootcert says otherwise.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER seatline
ENV SEATLINE_LISTEN=0.0.0.0:8080
EXPOSE 8080
# Whether the process answers. /health/ready also asks the database; it is for the load balancer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["image-start"]
CMD ["serve"]
