namespace Migrations.Events;

/// <summary>Where events go. Called on the engine's thread; must be quick and must not throw.</summary>
public interface IEventSink
{
    /// <summary>Takes one event.</summary>
    void Publish(MigrationEvent item);
}

/// <summary>Takes events and drops them.</summary>
public sealed class NullEventSink : IEventSink
{
    private NullEventSink() { }

    /// <summary>The one instance.</summary>
    public static NullEventSink Instance { get; } = new();

    /// <inheritdoc/>
    public void Publish(MigrationEvent item) { }
}
