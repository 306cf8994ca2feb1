using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Postgres;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.Postgres
{
    /// <summary>pgAdmin: a web page to look after PostgreSQL servers.</summary>
    public sealed class PgAdminContainerResource(string name) : ContainerResource(name);

    /// <summary>pgweb: a web page to look into PostgreSQL databases.</summary>
    public sealed class PgWebContainerResource(string name) : ContainerResource(name)
    {
        public EndpointReference PrimaryEndpoint => field ??= new EndpointReference(this, "http");
    }
}

namespace Aspire.Hosting
{
    public static partial class PostgresBuilderExtensions
    {
        /// <summary>Adds pgAdmin, once for the model. It knows no server by itself: register them on its page.</summary>
        /// <param name="containerName">Null for pgadmin.</param>
        public static IResourceBuilder<T> WithPgAdmin<T>(
            this IResourceBuilder<T> builder, Action<IResourceBuilder<PgAdminContainerResource>>? configureContainer = null, string? containerName = null)
            where T : PostgresServerResource
        {
            ArgumentNullException.ThrowIfNull(builder);
            var application = builder.ApplicationBuilder;
            var tool = application.Resources.OfType<PgAdminContainerResource>().FirstOrDefault();
            var pgAdmin = tool is not null
                ? application.CreateResourceBuilder(tool)
                : application.AddResource(new PgAdminContainerResource(containerName ?? "pgadmin"))
                    .AsTool("dpage/pgadmin4", "9.15.0", "docker.io", 80)
                    .WithEnvironment("PGADMIN_CONFIG_MASTER_PASSWORD_REQUIRED", "False")
                    .WithEnvironment("PGADMIN_CONFIG_SERVER_MODE", "False")
                    .WithEnvironment("PGADMIN_DEFAULT_EMAIL", "admin@domain.com")
                    .WithEnvironment("PGADMIN_DEFAULT_PASSWORD", "admin")
                    .WithHttpHealthCheck("/browser");
            pgAdmin.WithRelationship(builder.Resource, "PgAdmin");
            configureContainer?.Invoke(pgAdmin);
            return builder;
        }

        /// <summary>Adds pgweb for the server.</summary>
        /// <param name="containerName">Null for pgweb.</param>
        public static IResourceBuilder<PostgresServerResource> WithPgWeb(
            this IResourceBuilder<PostgresServerResource> builder, Action<IResourceBuilder<PgWebContainerResource>>? configureContainer = null, string? containerName = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var application = builder.ApplicationBuilder;
            var tool = application.Resources.OfType<PgWebContainerResource>().FirstOrDefault();
            var pgWeb = tool is not null
                ? application.CreateResourceBuilder(tool)
                : application.AddResource(new PgWebContainerResource(containerName ?? "pgweb"))
                    .AsTool("sosedoff/pgweb", "0.17.0", "docker.io", 8081)
                    .WithEnvironment("PGWEB_DATABASE_URL", $"{builder.Resource.UriExpression}/postgres?sslmode=disable")
                    .WithHttpHealthCheck();
            pgWeb.WithRelationship(builder.Resource, "PgWeb");
            configureContainer?.Invoke(pgWeb);
            return builder;
        }

        /// <param name="port">Port on this machine; null for any.</param>
        public static IResourceBuilder<PgAdminContainerResource> WithHostPort(this IResourceBuilder<PgAdminContainerResource> builder, int? port)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithEndpoint("http", endpoint => endpoint.Port = port);
        }

        /// <inheritdoc cref="WithHostPort(IResourceBuilder{PgAdminContainerResource}, int?)"/>
        public static IResourceBuilder<PgWebContainerResource> WithHostPort(this IResourceBuilder<PgWebContainerResource> builder, int? port)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithEndpoint("http", endpoint => endpoint.Port = port);
        }
    }
}
