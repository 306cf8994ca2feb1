namespace Capibara6.Core.ModelClients;

/// <summary>What a model has said, and who it was.</summary>
internal abstract class ModelReply
{
    /// <summary>The model that answered.</summary>
    public ModelDescription Model { get; set; } = null!;

    /// <summary>The deployment that answered.</summary>
    public Deployment Deployment { get; set; } = null!;

    /// <summary>Why the model that was asked for did not answer; null when it did.</summary>
    public ModelFault? FellBackFrom { get; set; }
}

/// <summary>A whole answer.</summary>
internal sealed class ModelAnswer(PooledBytes bytes, string contentType, AnswerFacts facts) : ModelReply, IDisposable
{
    /// <summary>The endpoint's own bytes: JSON.</summary>
    public ReadOnlyMemory<byte> Body => bytes.Written;

    public string ContentType { get; } = contentType;

    public AnswerFacts Facts { get; } = facts;

    public void Dispose() => bytes.Dispose();
}
