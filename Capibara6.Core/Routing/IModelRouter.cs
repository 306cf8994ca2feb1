using Capibara6.Core.Queries;

namespace Capibara6.Core.Routing;

/// <summary>Chooses the model for a query: deterministic, within a millisecond, with its reasons in words.</summary>
public interface IModelRouter
{
    /// <summary>Chooses by the configured policy; a request that names a model gets that one.</summary>
    /// <param name="request">A valid request: its model is <see cref="QueryRequest.AutoModel"/> or one of the catalog.</param>
    RoutingResult Route(QueryRequest request);

    /// <summary>Chooses likewise for a call of which only the text is known.</summary>
    /// <param name="model"><see cref="QueryRequest.AutoModel"/>, or the id or an alias of a model of the catalog.</param>
    /// <param name="text">What the user said last.</param>
    /// <param name="length">Characters of the whole prompt.</param>
    RoutingResult Route(string model, string text, long length);
}
