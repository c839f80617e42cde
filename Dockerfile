# The gateway as an image for x64 and arm64: build with `docker buildx build --platform linux/amd64,linux/arm64 .`
# Every dependency with native code ships binaries for both inside its npm package; nothing is compiled here.
# The steps are mirrored, line by line, by scripts/check-image (which runs where no Docker engine is).

FROM node:24-bookworm-slim AS build
WORKDIR /build
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# tini is not needed: ffmpeg children die with the gateway (setpriv --pdeathsig) and it reaps what it starts.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/skyeye
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE ./
COPY models ./models
COPY config/minimal.yaml config/full.yaml ./config/
RUN useradd --system --uid 10001 --home-dir /var/lib/skyeye --shell /usr/sbin/nologin skyeye \
 && install -d -o skyeye -g skyeye -m 0750 /var/lib/skyeye /etc/skyeye
USER skyeye
ENV NODE_ENV=production
# Relative folders of a configuration (dataDir: ./data) and `models pull` land in the volume.
WORKDIR /var/lib/skyeye
VOLUME /var/lib/skyeye
EXPOSE 8080
# /healthz answers while the main loop lives; 127.0.0.1 because the default configuration listens on loopback.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exit status 70 = a model run hung in native code: run with --restart=on-failure (or always).
ENTRYPOINT ["node", "/opt/skyeye/dist/main.js"]
CMD ["start", "--config", "/etc/skyeye/skyeye.yaml"]
