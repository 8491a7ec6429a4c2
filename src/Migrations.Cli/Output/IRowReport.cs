using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>Prints the rows of a script, and in the end what it did. Disposing it ends what is open.</summary>
internal interface IRowReport : IRowSink, IDisposable
{
    /// <summary>The script is committed, and all rows were taken.</summary>
    void Complete(DatabaseScriptResult result);
}
