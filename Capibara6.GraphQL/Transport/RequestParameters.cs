using GraphQL;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>What a client asks for: a document, or the name of one.</summary>
/// <param name="Query">The document; null when it is named by <paramref name="DocumentId"/> or by a hash in the extensions.</param>
/// <param name="FromGet">A GET request, which may only read.</param>
internal sealed record RequestParameters(
    string? Query, string? DocumentId, string? OperationName, Inputs? Variables, Inputs? Extensions, bool FromGet);
