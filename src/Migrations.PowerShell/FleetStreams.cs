using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>Passes what a pipeline of one database writes on to the pipeline that waits for all.</summary>
/// <param name="post">Makes a write on the thread of the pipeline that waits, and waits for it.</param>
internal sealed class FleetStreams(Action<Action> post)
{
    /// <summary>Takes an object.</summary>
    public required Action<PSObject> Output { get; init; }

    /// <summary>Takes an error.</summary>
    public required Action<ErrorRecord> Error { get; init; }

    /// <summary>Takes a warning.</summary>
    public required Action<string> Warning { get; init; }

    /// <summary>Takes a message that is shown with -Verbose.</summary>
    public required Action<string> Verbose { get; init; }

    /// <summary>Reads what is written from now on.</summary>
    public void Read(PSDataCollection<PSObject> output, PSDataStreams streams)
    {
        Read(output, Output);
        Read(streams.Error, Error);
        Read(streams.Warning, record => Warning(record.Message));
        Read(streams.Verbose, record => Verbose(record.Message));
    }

    /// <summary>Takes an error that ended the pipeline.</summary>
    public void Fail(ErrorRecord record) => post(() => Error(record));

    private void Read<T>(PSDataCollection<T> collection, Action<T> take) =>
        collection.DataAdded += (_, e) =>
        {
            var item = collection[e.Index];
            post(() => take(item));
        };
}
