namespace Migrations;

/// <summary>Runs migrations and hooks that are written in PowerShell: the module does.</summary>
public interface ICodeHost
{
    /// <summary>Checks a file before anything runs.</summary>
    /// <param name="script">One half of a migration's file, or a hook.</param>
    /// <returns>What is wrong with its syntax, with line and column; empty when nothing is.</returns>
    IReadOnlyList<FileProblem> Check(MigrationScript script);

    /// <summary>Runs one half.</summary>
    /// <param name="script">The half that <see cref="CodeContext.Direction"/> names, with the text of its whole file.</param>
    /// <param name="context">What it works with.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeFailed"/>, with the line of the file.</exception>
    Task RunAsync(MigrationScript script, CodeContext context);

    /// <summary>Runs a hook.</summary>
    /// <param name="script">The hook.</param>
    /// <param name="context">What it is given.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeFailed"/>, with the line of the file.</exception>
    Task RunHookAsync(MigrationScript script, HookContext context);
}
