# The composite example as its author would have written it by hand: the image that the rendered one is compared with.
FROM golang:1.25-alpine AS build
WORKDIR /build
COPY . .
ARG VERSION=dev
ARG COMMIT=unknown
ENV CGO_ENABLED=0
RUN --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w -X 'main.version=$VERSION' -X 'main.commit=$COMMIT'" -o /build/server ./cmd/server
RUN --mount=type=cache,target=/root/.cache/go-build \
    GOARCH=amd64 go build -trimpath -ldflags "-s -w -X 'main.version=$VERSION' -X 'main.commit=$COMMIT'" -o /build/agent-amd64 ./cmd/permanu-agent
RUN --mount=type=cache,target=/root/.cache/go-build \
    GOARCH=arm64 go build -trimpath -ldflags "-s -w -X 'main.version=$VERSION' -X 'main.commit=$COMMIT'" -o /build/agent-arm64 ./cmd/permanu-agent

FROM alpine:3.23 AS atlas
ARG ATLAS_SHA256
RUN wget -q -O /atlas https://release.ariga.io/atlas/atlas-linux-amd64-v1.2.0
RUN echo "$ATLAS_SHA256  /atlas" | sha256sum -c -

FROM alpine:3.21
RUN apk add --no-cache tzdata ca-certificates
RUN addgroup -S -g 10001 permanu
RUN adduser -S -D -H -u 10001 -G permanu -h /app -s /sbin/nologin permanu
RUN mkdir -p /app/bin
COPY --from=build /build/server /app/main
COPY --from=build /build/agent-amd64 /app/bin/permanu-agent-linux-amd64
COPY --from=build /build/agent-arm64 /app/bin/permanu-agent-linux-arm64
COPY --from=atlas /atlas /app/bin/atlas
RUN chmod 755 /app/bin/atlas
COPY atlas.hcl /app/
COPY sql/ /app/sql/
COPY migrations/ /app/migrations/
COPY templates/ /app/templates/
RUN chown -R permanu:permanu /app/atlas.hcl /app/sql /app/migrations /app/templates
COPY entrypoint.sh /
RUN chmod 755 /entrypoint.sh
WORKDIR /app
ENV DEPLOY_ENV=prod SERVER_PORT=4290 ATLAS_CONFIG=atlas.hcl ATLAS_ENV=prod
ENV QUOTES='say "hi", it'"'"'s me' DOLLARS='$HOME ${PATH} a$b $(id)' SPACES='  two  each  ' BACKSLASHES='a\b\\c\' UNICODE='grün — ✓ `x` #y'
EXPOSE 4290
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/app/main", "health"]
ENTRYPOINT ["/entrypoint.sh"]
CMD ["/app/main"]
