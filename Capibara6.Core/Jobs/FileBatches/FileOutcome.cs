using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Capibara6.Core.Jobs;

/// <summary>The outcome of a call as a line of a batch's output or error file, in OpenAI's shape.</summary>
internal sealed record FileOutcome(Guid JobId, int Index, string CustomId, JobStatus Status)
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Answer { get; init; }

    public string? ErrorCode { get; init; }

    public FailureKind? ErrorKind { get; init; }

    public string? ErrorMessage { get; init; }

    public ReadOnlyMemory<byte> ToLine()
    {
        var line = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(line, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("id", $"batch_req_{JobId:N}");
            writer.WriteString("custom_id", CustomId);
            if (Status == JobStatus.Succeeded)
            {
                WriteResponse(writer, 200, Answer!);
                writer.WriteNull("error");
            }
            else if (Status == JobStatus.Cancelled || ErrorCode == FailureCodes.BatchExpired)
            {
                // It was never asked: there is no response.
                writer.WriteNull("response");
                writer.WriteStartObject("error");
                writer.WriteString("code", Status == JobStatus.Cancelled ? "batch_cancelled" : ErrorCode);
                writer.WriteString("message", ErrorMessage ?? "The batch was cancelled before this call had an answer.");
                writer.WriteEndObject();
            }
            else
            {
                WriteResponse(writer, ErrorKind!.Value.Status(), null);
                writer.WriteNull("error");
            }

            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenMemory;
    }

    private void WriteResponse(Utf8JsonWriter writer, int status, string? body)
    {
        writer.WriteStartObject("response");
        writer.WriteNumber("status_code", status);
        writer.WriteString("request_id", JobId.ToString("N"));
        writer.WritePropertyName("body");
        if (body is not null)
        {
            writer.WriteRawValue(body, skipInputValidation: true);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("message", ErrorMessage);
            writer.WriteString("type", FailureKinds.OpenAIType(status));
            writer.WriteNull("param");
            writer.WriteString("code", ErrorCode);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
