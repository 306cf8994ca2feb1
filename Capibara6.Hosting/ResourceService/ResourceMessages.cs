using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.ResourceService.V1;
using Google.Protobuf.WellKnownTypes;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using Messages = Capibara6.ResourceService.V1;

namespace Capibara6.Hosting.ResourceService;

/// <summary>Turns states of instances into messages.</summary>
internal static class ResourceMessages
{
    public static Messages.Resource ToMessage(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        var message = new Messages.Resource
        {
            Name = change.ResourceId,
            Uid = change.ResourceId,
            DisplayName = change.Resource.Name,
            ResourceType = snapshot.ResourceType,
            IsHidden = snapshot.IsHidden,
            SupportsDetailedTelemetry = snapshot.SupportsDetailedTelemetry,
            CreatedAt = ToTimestamp(snapshot.CreationTimeStamp),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
        };
        if (snapshot.State is { } state)
        {
            message.State = state.Text;
            if (state.Style is not null)
            {
                message.StateStyle = state.Style;
            }
        }

        if (snapshot.IconName is not null)
        {
            message.IconName = snapshot.IconName;
            message.IconVariant = ToMessage(snapshot.IconVariant ?? Aspire.Hosting.ApplicationModel.IconVariant.Filled);
        }

        Fill(message, snapshot);
        message.Properties.AddRange(Properties(change));
        return message;
    }

    public static ResourceCommandResponse ToMessage(ExecuteCommandResult result)
    {
        var response = new ResourceCommandResponse
        {
            Kind = (result.Success, result.Canceled) switch
            {
                (true, _) => ResourceCommandResponseKind.Succeeded,
                (_, true) => ResourceCommandResponseKind.Cancelled,
                _ => ResourceCommandResponseKind.Failed,
            },
        };
        if (result.Message is not null)
        {
            response.Message = result.Message;
        }

        if (result.Data is { } data)
        {
            response.Result = new ResourceCommandResult
            {
                Value = data.Value,
                DisplayImmediately = data.DisplayImmediately,
                Format = data.Format switch
                {
                    CommandResultFormat.Json => ResourceCommandResultFormat.Json,
                    CommandResultFormat.Markdown => ResourceCommandResultFormat.Markdown,
                    _ => ResourceCommandResultFormat.Text,
                },
            };
        }

        return response;
    }

    private static void Fill(Messages.Resource message, CustomResourceSnapshot snapshot)
    {
        foreach (var variable in snapshot.EnvironmentVariables)
        {
            var entry = new EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
            if (variable.Value is not null)
            {
                entry.Value = variable.Value;
            }

            message.Environment.Add(entry);
        }

        foreach (var url in snapshot.Urls)
        {
            var entry = new Url
            {
                FullUrl = url.Url,
                IsInternal = url.IsInternal,
                IsInactive = url.IsInactive,
                DisplayProperties = new UrlDisplayProperties { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
            };
            if (url.Name is not null)
            {
                entry.EndpointName = url.Name;
            }

            message.Urls.Add(entry);
        }

        message.Volumes.AddRange(snapshot.Volumes.Select(volume => new Volume
        {
            Source = volume.Source ?? string.Empty,
            Target = volume.Target,
            MountType = volume.MountType,
            IsReadOnly = volume.IsReadOnly,
        }));
        message.Relationships.AddRange(snapshot.Relationships.Select(
            relationship => new ResourceRelationship { ResourceName = relationship.ResourceName, Type = relationship.Type }));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(ToMessage));
        message.Commands.AddRange(snapshot.Commands.Where(command => command.Visibility.HasFlag(ResourceCommandVisibility.UI)).Select(ToMessage));
    }

    private static HealthReport ToMessage(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? string.Empty,
            Exception = report.ExceptionText ?? string.Empty,
            LastRunAt = ToTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                HealthStatus.Healthy => Messages.HealthStatus.Healthy,
                HealthStatus.Degraded => Messages.HealthStatus.Degraded,
                _ => Messages.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static ResourceCommand ToMessage(ResourceCommandSnapshot command)
    {
        var message = new ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.IsHighlighted,
            State = command.State switch
            {
                Aspire.Hosting.ApplicationModel.ResourceCommandState.Enabled => Messages.ResourceCommandState.Enabled,
                Aspire.Hosting.ApplicationModel.ResourceCommandState.Disabled => Messages.ResourceCommandState.Disabled,
                _ => Messages.ResourceCommandState.Hidden,
            },
        };
        if (command.ConfirmationMessage is not null)
        {
            message.ConfirmationMessage = command.ConfirmationMessage;
        }

        if (command.DisplayDescription is not null)
        {
            message.DisplayDescription = command.DisplayDescription;
        }

        if (command.IconName is not null)
        {
            message.IconName = command.IconName;
            message.IconVariant = ToMessage(command.IconVariant ?? Aspire.Hosting.ApplicationModel.IconVariant.Regular);
        }

        return message;
    }

    private static IEnumerable<ResourceProperty> Properties(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        (string Name, object? Value)[] known =
        [
            (KnownProperties.Resource.Uid, change.ResourceId),
            (KnownProperties.Resource.Name, change.ResourceId),
            (KnownProperties.Resource.Type, snapshot.ResourceType),
            (KnownProperties.Resource.DisplayName, change.Resource.Name),
            (KnownProperties.Resource.State, snapshot.State?.Text),
            (KnownProperties.Resource.ExitCode, snapshot.ExitCode),
            (KnownProperties.Resource.CreateTime, snapshot.CreationTimeStamp),
            (KnownProperties.Resource.StartTime, snapshot.StartTimeStamp),
            (KnownProperties.Resource.StopTime, snapshot.StopTimeStamp),
            (KnownProperties.Resource.HealthState, snapshot.HealthStatus?.ToString()),
        ];
        return known.Where(property => property.Value is not null)
            .Select(property => new ResourceProperty { Name = property.Name, Value = ToValue(property.Value) })
            .Concat(snapshot.Properties.Select(property => new ResourceProperty
            {
                Name = property.Name,
                Value = ToValue(property.Value),
                IsSensitive = property.IsSensitive,
            }));
    }

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        int or long or double or short or byte => Value.ForNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        DateTime time => Value.ForString(time.ToString("O", CultureInfo.InvariantCulture)),
        IEnumerable items => Value.ForList([.. items.Cast<object?>().Select(ToValue)]),
        IFormattable formattable => Value.ForString(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => Value.ForString(value.ToString()),
    };

    private static Messages.IconVariant ToMessage(Aspire.Hosting.ApplicationModel.IconVariant variant) =>
        variant is Aspire.Hosting.ApplicationModel.IconVariant.Filled ? Messages.IconVariant.Filled : Messages.IconVariant.Regular;

    private static Timestamp? ToTimestamp(DateTime? time) =>
        time is { } known ? Timestamp.FromDateTime(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : null;
}
