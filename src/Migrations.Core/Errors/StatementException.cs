namespace Migrations;

/// <summary>The database refused a statement of a script.</summary>
public sealed class StatementException : MigrationException
{
    /// <summary>A refused statement.</summary>
    /// <param name="id"><see cref="ErrorId.StatementFailed"/>, or a narrower cause.</param>
    /// <param name="message">The database's words, and what else explains it.</param>
    /// <param name="nextStep">What to do next.</param>
    /// <param name="inner">The driver's exception.</param>
    public StatementException(ErrorId id, string message, Advice nextStep, Exception? inner = null)
        : base(id, message, nextStep, inner) { }

    /// <summary>The statement's text, or the part of it around the error.</summary>
    public string? Statement { get; init; }

    /// <summary>Where in <see cref="Statement"/> the error is, in characters from 0; null when the database does not report it.</summary>
    public int? StatementOffset { get; init; }

    /// <summary>Which statement of a script without a transaction, from 0; null inside a transaction. Set by the runner.</summary>
    public int? StatementIndex { get; internal set; }

    /// <summary>The database's code: a SQLSTATE, or SQLite's extended result code.</summary>
    public string? Code { get; init; }

    /// <summary>The server's detail.</summary>
    public string? Detail { get; init; }

    /// <summary>Who held the table lock that was not got, as far as it is known.</summary>
    public string? Blocker { get; init; }

    /// <summary>The server's hint.</summary>
    public string? Hint { get; init; }
}
