# The base install, for CI: checks, pictures and differences of specs, without TensorFlow.
#   docker build -t modelspec .
#   docker run --rm -v "$PWD:/work:ro" modelspec validate --strict
FROM python:3.13.9-slim-trixie AS build
WORKDIR /src
RUN pip install --no-cache-dir build==1.6.1
COPY . .
RUN python -m build --wheel --outdir /dist \
    && python -m venv /opt/modelspec \
    && /opt/modelspec/bin/pip install --no-cache-dir /dist/*.whl \
    && /opt/modelspec/bin/pip uninstall --yes pip \
    && /opt/modelspec/bin/python -m compileall -q /opt/modelspec

FROM python:3.13.9-slim-trixie
LABEL org.opencontainers.image.title="keras-modelspec" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --create-home --uid 10001 modelspec
COPY --from=build /opt/modelspec /opt/modelspec
ENV PATH=/opt/modelspec/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /work
ENTRYPOINT ["modelspec"]
CMD ["--help"]
