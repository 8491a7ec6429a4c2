namespace Migrations;

/// <summary>That a half of a migration, or a hook, is code and no SQL, and how it is run.</summary>
public sealed class MigrationCode
{
    private readonly Func<CodeContext, Task>? _run;

    internal MigrationCode(MigrationKind kind, Func<CodeContext, Task>? run, string text = "")
    {
        Kind = kind;
        Text = text;
        _run = run;
    }

    /// <summary>What it is written in.</summary>
    public MigrationKind Kind { get; }

    /// <summary>The text of the whole file as it was read; empty for the methods of an object.</summary>
    public string Text { get; }

    /// <summary>The values of the call's variables, by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the whole file is what runs, as of a hook; else one of its functions is.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What runs it, where it is a file's; null for the methods of an object, and where nothing runs it.</summary>
    internal ICodeHost? Host { get; private init; }

    /// <summary>Whether it can be run here. Only the module runs PowerShell.</summary>
    internal bool CanRun => _run is not null;

    /// <summary>The same code with the variables of a call, and what runs it where it is a file's.</summary>
    internal MigrationCode Bound(MigrationScript script, IReadOnlyDictionary<string, string> variables, ICodeHost? host) =>
        new(Kind, _run ?? (host is null ? null : context => host.RunAsync(script, context)), Text)
        {
            Variables = variables,
            Host = _run is null ? host : null,
            IsWhole = IsWhole,
        };

    /// <summary>The same code, run in another way.</summary>
    internal MigrationCode RunBy(Func<CodeContext, Task> run) =>
        new(Kind, run, Text)
        {
            Variables = Variables,
            Host = Host,
            IsWhole = IsWhole,
        };

    /// <summary>What is wrong with it, as far as that can be found out before it runs.</summary>
    internal IReadOnlyList<FileProblem> Check(MigrationScript script) => Host?.Check(script) ?? [];

    /// <summary>Runs it.</summary>
    internal Task RunAsync(CodeContext context) =>
        _run is { } run ? run(context) : throw new InvalidOperationException("Code that nothing here runs was not refused.");
}
