using System.Collections.Concurrent;
using Migrations.Events;

namespace Migrations.Testing;

/// <summary>Keeps every event in order, and lets a test wait for or act on one.</summary>
public sealed class RecordingEventSink : IEventSink
{
    private readonly ConcurrentQueue<MigrationEvent> _events = new();

    /// <summary>What has happened so far.</summary>
    public IReadOnlyList<MigrationEvent> Events => [.. _events];

    /// <summary>Called with each event, on the engine's thread.</summary>
    public Action<MigrationEvent>? Published { get; set; }

    /// <summary>The events of one kind.</summary>
    public IReadOnlyList<T> Of<T>()
        where T : MigrationEvent => [.. _events.OfType<T>()];

    public void Publish(MigrationEvent item)
    {
        _events.Enqueue(item);
        Published?.Invoke(item);
    }

    /// <summary>All events as text: what to search for secrets.</summary>
    public override string ToString() => string.Join('\n', _events);
}
