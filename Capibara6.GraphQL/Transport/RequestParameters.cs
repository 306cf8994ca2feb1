using GraphQL;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>What a client asks for.</summary>
/// <param name="FromGet">A GET request, which may only read.</param>
internal sealed record RequestParameters(string Query, string? OperationName, Inputs? Variables, Inputs? Extensions, bool FromGet);
