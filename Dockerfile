# Both bases can be replaced by an argument, and a release has to: docker build --build-arg BUILD_IMAGE=…@sha256:…
# --build-arg RUNTIME_IMAGE=…@sha256:… A digest written here would be one that nobody renews; a tag is what a person reads.
# The version of Node that package.json installs for development and tests.
ARG BUILD_IMAGE=node:24.21.0-bookworm-slim
# No shell, no package manager, the same Debian release as the stage that built node_modules.
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# What is built runs on every processor (no dependency is compiled), so it is built once, and not by an emulated one.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /build
# Before the sources: dependencies are installed again only when they change.
COPY package.json package-lock.json .npmrc ./
# Exactly what the lock file says, each archive checked against its hash there.
RUN npm ci
COPY tsconfig.json LICENSE ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev

FROM ${RUNTIME_IMAGE}
WORKDIR /app
COPY --from=build /build/package.json ./
# Ours; each dependency's is in its own folder.
COPY --from=build /build/LICENSE ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# A number, so that the kubelet can check runAsNonRoot without reading the image's user list.
USER 65532:65532
# All of it is the entry point: the arguments of a Deployment replace CMD, and would be read as Node's own options.
# Half the usual young generation, garbage that is collected once it is a quarter of what lives, and no threads that
# optimize code aside and keep their memory: a third less memory, at the same throughput (npm run bench).
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=16", "--heap-growing-percent=25", "--no-concurrent-recompilation", "dist/main.js"]
