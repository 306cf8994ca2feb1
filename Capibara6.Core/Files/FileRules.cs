namespace Capibara6.Core.Files;

/// <summary>What a file must be to be taken.</summary>
internal static class FileRules
{
    public const int MaxNameLength = 255;

    public static Failure? Check(NewFile file, StoredFileOptions options)
    {
        if (file.Purpose != FilePurposes.Batch)
        {
            return new(FailureCodes.InvalidRequest, FailureKind.Invalid, "Files are taken for batches: send 'purpose' as batch.") { Field = "purpose" };
        }

        if (file.Name.Length is 0 or > MaxNameLength || file.Name.Any(char.IsControl))
        {
            return new(FailureCodes.InvalidRequest, FailureKind.Invalid, $"The file's name must have 1 to {MaxNameLength} characters.") { Field = "file" };
        }

        if (file.Content.Length > options.MaxBytes)
        {
            return new(FailureCodes.FileTooLarge, FailureKind.TooLarge, $"The file has {file.Content.Length} bytes; at most {options.MaxBytes} are allowed.")
            {
                Field = "file",
            };
        }

        return file.Lifetime is { } lifetime && (lifetime < TimeSpan.FromHours(1) || lifetime > options.Retention)
            ? new(FailureCodes.InvalidRequest, FailureKind.Invalid, $"Files live 3600 to {options.Retention.TotalSeconds:0} seconds.") { Field = "expires_after[seconds]" }
            : null;
    }
}
