using System.Globalization;
using System.Reflection;
using System.Text;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Core;
using Capibara6.Core.Files;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Capibara6.Api.Files;

/// <summary>
/// A file as it was sent, in a form of parts. It waits in the folder for temporary files and is complete before the database hears of it,
/// however slowly it came. What doesn't fit never reaches the handler.
/// </summary>
internal sealed class FileUpload : IJsonBody
{
    private const int MaxFieldBytes = 4_096;
    private const int MaxParts = 20;
    private const int FormBytes = 65_536;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private string? _name;
    private FileStream? _content;

    private FileUpload(Failure? failure = null) => Failure = failure;

    public Failure? Failure { get; private set; }

    /// <summary>Null unless there is no failure.</summary>
    public NewFile File { get; private set; } = null!;

    public static async ValueTask<FileUpload?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var maxBytes = context.RequestServices.GetRequiredService<IOptions<StoredFileOptions>>().Value.MaxBytes;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
        {
            return new FileUpload(new Failure(EdgeCodes.UnsupportedMediaType, FailureKind.Invalid, "Send the file as 'multipart/form-data'."));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes + FormBytes;
        }

        var upload = new FileUpload();
        try
        {
            upload.Failure = await upload.ReadAsync(context, boundary.ToString(), maxBytes) ?? upload.Finish();
        }
        catch (BadHttpRequestException exception)
        {
            upload.Failure = exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(maxBytes) : FailureStatus.ToFailure(exception.StatusCode);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            upload.Failure = Wrong(null, "The form can't be read: its parts are cut off, or too large.");
        }

        return upload;
    }

    private async Task<Failure?> ReadAsync(HttpContext context, string boundary, long maxBytes)
    {
        var reader = new MultipartReader(boundary, context.Request.Body);
        for (var count = 0; await reader.ReadNextSectionAsync(context.RequestAborted) is { } section; count++)
        {
            if (count == MaxParts)
            {
                return Wrong(null, $"The form has more than {MaxParts} parts.");
            }

            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                return Wrong(null, "A part of the form has no 'Content-Disposition'.");
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (name == "file")
            {
                if (_content is not null)
                {
                    return Wrong("file", "'file' is given twice; send it once.");
                }

                _name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
                _content = UploadStore.Open(context, "file");
                if (!await CopyAsync(section.Body, _content, maxBytes, context.RequestAborted))
                {
                    return TooLarge(maxBytes);
                }
            }
            else
            {
                using var field = new MemoryStream();
                if (!await CopyAsync(section.Body, field, MaxFieldBytes, context.RequestAborted))
                {
                    return Wrong(name, $"'{name}' is longer than {MaxFieldBytes} bytes.");
                }

                _fields[name] = Encoding.UTF8.GetString(field.GetBuffer(), 0, (int)field.Length);
            }
        }

        return null;
    }

    private Failure? Finish()
    {
        if (_content is null)
        {
            return Missing("file");
        }

        if (!_fields.TryGetValue("purpose", out var purpose))
        {
            return Missing("purpose");
        }

        TimeSpan? lifetime = null;
        if (_fields.TryGetValue("expires_after[seconds]", out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return Wrong("expires_after[seconds]", "'expires_after[seconds]' must be a whole number of seconds.");
            }

            lifetime = TimeSpan.FromSeconds(seconds);
        }

        File = new NewFile(string.IsNullOrEmpty(_name) ? "file" : Path.GetFileName(_name), purpose, _content, lifetime);
        return null;
    }

    /// <summary>False when it is too large.</summary>
    private static async Task<bool> CopyAsync(Stream source, Stream target, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (target.Length + read > maxBytes)
            {
                return false;
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await target.FlushAsync(cancellationToken);
        return true;
    }

    private static Failure TooLarge(long maxBytes) => new(
        FailureCodes.FileTooLarge, FailureKind.TooLarge, $"The file is larger than {maxBytes} bytes, the most that is taken; send it in parts.") { Field = "file" };

    private static Failure Missing(string name) => new(EdgeCodes.MissingField, FailureKind.Invalid, $"'{name}' is missing.") { Field = name };

    private static Failure Wrong(string? field, string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };
}
