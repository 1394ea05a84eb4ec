# The worker with the bundled model. Build from the repository's root:
#   docker build -f docker/Worker.Dockerfile -t qwen35batch .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# amd64 or arm64, given by the builder: the code is compiled ahead for it.
ARG TARGETARCH
WORKDIR /source
# Project files first: packages are restored again only when these change.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Contracts/*.csproj src/Contracts/
COPY src/Schemas/*.csproj src/Schemas/
COPY src/Inference/*.csproj src/Inference/
COPY src/Pipeline/*.csproj src/Pipeline/
COPY src/Persistence/*.csproj src/Persistence/
COPY src/Worker/*.csproj src/Worker/
RUN dotnet restore src/Worker -a ${TARGETARCH:-amd64}
COPY src/ src/
COPY models/ models/
RUN dotnet publish src/Worker -c Release -a ${TARGETARCH:-amd64} -o /app --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg poppler-utils poppler-data fontconfig fonts-droid-fallback fonts-ipaexfont fonts-dejavu-core util-linux curl \
       tesseract-ocr tesseract-ocr-eng tesseract-ocr-jpn \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app ./
RUN mkdir -p /data /media && chown -R app:app /data
USER app
ENV DOTNET_gcServer=0
VOLUME ["/data"]
EXPOSE 5080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD curl -fsS http://127.0.0.1:5080/health/ready || exit 1
ENTRYPOINT ["dotnet", "/app/qwen35batch.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:5080", "--data", "/data"]
