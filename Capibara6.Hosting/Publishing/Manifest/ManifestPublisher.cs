using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Capibara6.Hosting.Publishing.Manifest;

/// <summary>Writes the model as an Aspire manifest, which deployment tools read.</summary>
internal sealed class ManifestPublisher : IPublisher
{
    public string Name => AppHostConfiguration.ManifestPublisher;

    public bool WritesFile => true;

    public string? DefaultFileName => "aspire-manifest.json";

    public async Task PublishAsync(DistributedApplicationModel model, PublishingTarget target, CancellationToken cancellationToken)
    {
        var stream = File.Create(target.Path);
        await using (stream.ConfigureAwait(false))
        {
            var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            var writer = new Utf8JsonWriter(stream, options);
            await using (writer.ConfigureAwait(false))
            {
                var context = new ManifestPublishingContext(target.ExecutionContext, target.FinalPath, writer, cancellationToken);
                await context.WriteModelAsync(model, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
