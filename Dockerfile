# syntax=docker/dockerfile:1
# One file for every service: docker build --build-arg PROJECT=Capibara6.Api --tag capibara6-api .
# The same image comes from: dotnet publish Capibara6.Api -t:PublishContainer
ARG DOTNET_VERSION=10.0
ARG NODE_VERSION=22

# GraphiQL, the page of the GraphQL service, from npm's packages.
FROM node:${NODE_VERSION}-bookworm-slim AS graphiql
WORKDIR /graphiql
COPY Capibara6.GraphQL/GraphiQL/App/package.json Capibara6.GraphQL/GraphiQL/App/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --prefer-offline
COPY Capibara6.GraphQL/GraphiQL/App/ ./
RUN node build.mjs dist

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION} AS build
WORKDIR /source

# What restore reads and nothing else, so that its layer is built again only when a reference changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY Capibara6.Core/*.csproj Capibara6.Core/
COPY Capibara6.ServiceDefaults/*.csproj Capibara6.ServiceDefaults/
COPY Capibara6.Api/*.csproj Capibara6.Api/
COPY Capibara6.GraphQL/*.csproj Capibara6.GraphQL/
COPY Capibara6.Worker/*.csproj Capibara6.Worker/
COPY Capibara6.ModelEmulator/*.csproj Capibara6.ModelEmulator/
RUN for project in Api GraphQL Worker ModelEmulator; do dotnet restore "Capibara6.$project" || exit 1; done

COPY --from=graphiql /graphiql/dist /graphiql

# All services in one layer that no argument changes: whoever builds the images of several builds the code once.
COPY . .
RUN for project in Capibara6.Api Capibara6.GraphQL Capibara6.Worker Capibara6.ModelEmulator; do \
        dotnet publish "$project" --no-restore --configuration Release -p:GraphiQLFiles=/graphiql --output "/app/$project" || exit 1; \
    done

# No shell, no package manager, not root.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble-chiseled AS final
ARG PROJECT=Capibara6.Api
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${PROJECT}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="Capibara6"
WORKDIR /app
COPY --from=build /app/${PROJECT} .
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["/app/service", "--health"]
ENTRYPOINT ["/app/service"]
