using GraphQL;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>What a request holds: one operation, or several as a JSON array where that is allowed.</summary>
internal sealed record RequestOperations(IReadOnlyList<RequestParameters> All, bool IsBatch)
{
    public static implicit operator RequestOperations(RequestParameters one) => new([one], IsBatch: false);
}

/// <summary>What a client asks for: a document, or the name of one.</summary>
/// <param name="Query">The document; null when it is named by <paramref name="DocumentId"/> or by a hash in the extensions.</param>
/// <param name="FromGet">A GET request, which may only read.</param>
internal sealed record RequestParameters(
    string? Query, string? DocumentId, string? OperationName, Inputs? Variables, Inputs? Extensions, bool FromGet);
