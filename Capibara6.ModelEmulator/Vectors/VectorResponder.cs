using System.Text.Json;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Faults;
using Capibara6.ModelEmulator.ModelCatalog;

namespace Capibara6.ModelEmulator.Vectors;

/// <summary>Calls that answer with numbers: no streams, and of the faults those that are a status.</summary>
internal sealed class VectorResponder(EmulatedModels models, FaultPlan plan, EmulatorStatistics statistics)
{
    public async Task AnswerAsync(HttpContext context, Func<JsonElement, byte[]> answer)
    {
        using var body = await ModelResponder.ReadJsonAsync(context.Request, context.RequestAborted);
        var model = models.Get(JsonFields.String(body.RootElement, "model")
            ?? throw ProtocolException.Invalid("You must provide a model parameter.", "model", "missing_required_parameter"));
        statistics.Count(model.Id);
        if (plan.Strike(model.Id) is { Kind: FaultKind.Status } fault)
        {
            throw ProtocolException.OfStatus(fault.Status);
        }

        await EmulatorJson.WriteAsync(context, StatusCodes.Status200OK, ModelResponder.ReadUnicode(body.RootElement, answer));
    }
}
