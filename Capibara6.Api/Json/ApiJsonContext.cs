using System.Text.Json.Serialization;
using Capibara6.Api.Auth;
using Capibara6.Api.Batches;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Errors;
using Capibara6.Api.FileBatches;
using Capibara6.Api.Files;
using Capibara6.Api.Health;
using Capibara6.Api.Measurements;
using Capibara6.Api.Messages;
using Capibara6.Api.ModelCatalog;
using Capibara6.Api.Playbooks;
using Capibara6.Api.Queries;

namespace Capibara6.Api.Json;

/// <summary>Every type that crosses the wire; serialisers are generated at build.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(QueryBody))]
[JsonSerializable(typeof(QueryResponse))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(ModelListResponse))]
[JsonSerializable(typeof(MeasurementResponse))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(BatchItemBody))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(BatchListResponse))]
[JsonSerializable(typeof(BatchItemResponse))]
[JsonSerializable(typeof(ChatBody))]
[JsonSerializable(typeof(ChatNeighbourBody))]
[JsonSerializable(typeof(ChatPassedResponse))]
[JsonSerializable(typeof(ChatMessagesBody))]
[JsonSerializable(typeof(ChatMessagesErrorResponse))]
[JsonSerializable(typeof(ChatModelList))]
[JsonSerializable(typeof(ChatErrorResponse))]
[JsonSerializable(typeof(ChatFile))]
[JsonSerializable(typeof(ChatFileForm))]
[JsonSerializable(typeof(ChatFileList))]
[JsonSerializable(typeof(ChatFileDeleted))]
[JsonSerializable(typeof(ChatBatchBody))]
[JsonSerializable(typeof(ChatBatch))]
[JsonSerializable(typeof(ChatBatchList))]
[JsonSerializable(typeof(DetailedHealthResponse))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(RefreshBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(RotationBody))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(MeResponse))]
[JsonSerializable(typeof(AuditListResponse))]
[JsonSerializable(typeof(ApiKeyBody))]
[JsonSerializable(typeof(NewApiKeyResponse))]
[JsonSerializable(typeof(ApiKeyListResponse))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UserChangeBody))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UserListResponse))]
[JsonSerializable(typeof(DiscoveryResponse))]
[JsonSerializable(typeof(KeySetResponse))]
[JsonSerializable(typeof(FeedbackBody))]
[JsonSerializable(typeof(PlaybookListResponse))]
[JsonSerializable(typeof(PlaybookSummary))]
[JsonSerializable(typeof(PlaybookResponse))]
[JsonSerializable(typeof(PlaybookChangeBody))]
[JsonSerializable(typeof(BulletResponse))]
[JsonSerializable(typeof(BulletChangeBody))]
[JsonSerializable(typeof(PlaybookDocument))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
