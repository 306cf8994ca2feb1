using Capibara6.Hosting.Deployment;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>
/// Turns the values of one resource into text and notes on the way what they point at: an endpoint in a value is a way that
/// has to be open.
/// </summary>
internal sealed partial class ValueReader(PublishedParameters parameters)
{
    /// <summary>The port of a project that states none, as .NET's images have it.</summary>
    private const int DefaultHttpPort = 8080;

    private readonly SortedSet<(string To, int Port)> _connections = [];
    private readonly SortedSet<int> _outbound = [];

    public IReadOnlyList<Connection> Connections => [.. _connections.Select(static way => new Connection(way.To, way.Port))];
    public IReadOnlyList<int> OutboundPorts => [.. _outbound];

    /// <summary>The port that a container listens on, which its service has too.</summary>
    public static int PortOf(IResource owner, EndpointAnnotation endpoint) => endpoint.TargetPort
        // The port of a project's main endpoint is where a run publishes it, and nothing to a container.
        ?? (owner is ProjectResource && endpoint.Name == "http" ? DefaultHttpPort : endpoint.Port ?? DefaultHttpPort);

    /// <summary>Projects listen on plain HTTP when deployed: TLS ends in front of them.</summary>
    public static bool IsDeployed(IResource owner, EndpointAnnotation endpoint) => owner is not ProjectResource || endpoint.UriScheme != "https";

    /// <summary>The value as text; null when it points at an endpoint that isn't deployed, so that the setting falls away.</summary>
    public async ValueTask<ValueText?> ReadAsync(object? value, CancellationToken cancellationToken)
    {
        var parts = new List<ValuePart>();
        return await AppendAsync(parts, value, isUri: false, cancellationToken) ? new ValueText(Merge(parts)) : null;
    }

    private async ValueTask<bool> AppendAsync(List<ValuePart> parts, object? value, bool isUri, CancellationToken cancellationToken)
    {
        switch (value)
        {
            case null:
                return true;
            case string text:
                Literal(parts, text, isUri);
                return true;
            case ParameterResource parameter:
                _outbound.UnionWith(parameter.Annotations.OfType<OutboundAnnotation>().Select(static outbound => outbound.Port));
                await ParameterAsync(parts, parameter, isUri, cancellationToken);
                return true;
            case EndpointReference endpoint:
                return Endpoint(parts, endpoint.Property(EndpointProperty.Url), isUri);
            case EndpointReferenceExpression endpoint:
                return Endpoint(parts, endpoint, isUri);
            case ReferenceExpression expression:
                return await ExpressionAsync(parts, expression, isUri, cancellationToken);
            case ConnectionStringReference reference:
                return await AppendAsync(parts, reference.Resource, isUri, cancellationToken);
            case IResourceWithConnectionString resource:
                _outbound.UnionWith(resource.Annotations.OfType<OutboundAnnotation>().Select(static outbound => outbound.Port));
                return await AppendAsync(parts, resource.ConnectionStringExpression, isUri, cancellationToken);
            case IResourceBuilder<IResource> builder:
                return await AppendAsync(parts, builder.Resource, isUri, cancellationToken);
            case IValueProvider provider:
                Literal(parts, await provider.GetValueAsync(cancellationToken) ?? string.Empty, isUri);
                return true;
            default:
                Literal(parts, Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty, isUri);
                return true;
        }
    }

    private async ValueTask ParameterAsync(List<ValuePart> parts, ParameterResource parameter, bool isUri, CancellationToken cancellationToken)
    {
        if (await parameters.ValueAsync(parameter, cancellationToken) is { } known)
        {
            Literal(parts, known, isUri);
        }
        else
        {
            parts.Add(new ValuePart.Parameter(parameter.Name, isUri));
        }
    }

    private bool Endpoint(List<ValuePart> parts, EndpointReferenceExpression expression, bool isUri)
    {
        var endpoint = expression.Endpoint;
        if (!IsDeployed(endpoint.Resource, endpoint.EndpointAnnotation))
        {
            return false;
        }

        var port = PortOf(endpoint.Resource, endpoint.EndpointAnnotation);
        _connections.Add((endpoint.Resource.Name, port));
        var host = endpoint.Resource.Name;
        var number = port.ToString(CultureInfo.InvariantCulture);
        Literal(parts, expression.Property switch
        {
            EndpointProperty.Url => $"{endpoint.Scheme}://{host}:{number}",
            EndpointProperty.Host or EndpointProperty.IPV4Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => number,
            EndpointProperty.Scheme => endpoint.Scheme,
            EndpointProperty.HostAndPort => $"{host}:{number}",
            EndpointProperty.TlsEnabled => endpoint.TlsEnabled.ToString(),
            _ => throw new DistributedApplicationException(
                $"Resource '{host}': the endpoint property {expression.Property} can't be published."),
        }, isUri);
        return true;
    }

    private async ValueTask<bool> ExpressionAsync(List<ValuePart> parts, ReferenceExpression expression, bool isUri, CancellationToken cancellationToken)
    {
        if (expression.IsConditional)
        {
            var condition = await ReadAsync(expression.Condition, cancellationToken);
            var isMatch = condition is not null && string.Equals(condition.Plain, expression.MatchValue, StringComparison.OrdinalIgnoreCase);
            return await AppendAsync(parts, isMatch ? expression.WhenTrue : expression.WhenFalse, isUri, cancellationToken);
        }

        foreach (var (literal, hole) in Pieces(expression.Format))
        {
            if (literal is not null)
            {
                Literal(parts, literal, isUri);
            }
            else if (!await AppendAsync(parts, expression.ValueProviders[hole], isUri || expression.StringFormats[hole] is not null, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The pieces of a composite format such as <c>Host={0};Port={1}</c>, where <c>{{</c> stands for a brace: texts, and numbers of holes.</summary>
    private static IEnumerable<(string? Literal, int Hole)> Pieces(string format) => Piece().Matches(format).Select(static piece => piece.Groups["hole"] is { Success: true } hole
        ? (null, int.Parse(hole.ValueSpan, CultureInfo.InvariantCulture))
        : ((string?)piece.Value.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal), 0));

    [GeneratedRegex(@"\{(?<hole>\d+)[^}]*\}|(?:[^{}]|\{\{|\}\})+")]
    private static partial Regex Piece();

    private static void Literal(List<ValuePart> parts, string text, bool isUri) =>
        parts.Add(new ValuePart.Literal(isUri ? Uri.EscapeDataString(text) : text));

    private static List<ValuePart> Merge(List<ValuePart> parts)
    {
        var merged = new List<ValuePart>();
        foreach (var part in parts)
        {
            if (part is ValuePart.Literal next && merged is [.., ValuePart.Literal last])
            {
                merged[^1] = new ValuePart.Literal(last.Text + next.Text);
            }
            else
            {
                merged.Add(part);
            }
        }

        return merged;
    }
}
