using Capibara6.Core;

namespace Capibara6.Api.Streaming;

/// <summary>How the items of a stream look on the wire.</summary>
internal interface IEventFormat<in T>
{
    void Write(EventWriter writer, T item, HttpContext context);

    /// <summary>The last event of a stream that broke after it had begun.</summary>
    void WriteFailure(EventWriter writer, Failure failure, HttpContext context);
}
