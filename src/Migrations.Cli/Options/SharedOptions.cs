namespace Migrations.Cli.Options;

/// <summary>The groups of options that several commands share; a command takes those groups that mean something to it.</summary>
[Flags]
internal enum SharedOptions
{
    /// <summary>What every command takes: <c>--output</c>, <c>--quiet</c>, <c>--verbose</c>, <c>--env-file</c>.</summary>
    None = 0,

    /// <summary>Which database, and how to connect.</summary>
    Database = 1,

    /// <summary>The migration folder and its layout.</summary>
    Path = 2,

    /// <summary>Which migrations of the folder count, and what they are known by.</summary>
    Selection = 4,

    /// <summary>Where the history is.</summary>
    History = 8,

    /// <summary>How long to wait, and how long a statement may take.</summary>
    Limits = 16,

    /// <summary><c>--what-if</c>.</summary>
    WhatIf = 32,

    /// <summary><c>--yes</c>. Help shows it where a question is asked; every command accepts it.</summary>
    Yes = 64,

    /// <summary>The configuration file, its environments and services.</summary>
    Configuration = 128,

    /// <summary>The variables that scripts take.</summary>
    Variables = 256,

    /// <summary>Whether the hooks of the folder run.</summary>
    Hooks = 512,

    /// <summary>Many databases in one call, and how many at once.</summary>
    Fleet = 1024,

    /// <summary>What a command takes that works on whole databases.</summary>
    Databases = Database | Fleet | Configuration | History | Limits,

    /// <summary>What a command takes that compares a database with its migration folder.</summary>
    Migrations = Databases | Path | Selection | Variables,

    /// <summary>What a command takes that runs migrations.</summary>
    Runs = Migrations | Hooks,
}
