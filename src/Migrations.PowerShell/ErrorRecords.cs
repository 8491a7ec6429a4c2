using System.Management.Automation;
using System.Text;

namespace Migrations.PowerShell;

/// <summary>Makes every error record of the module: id, category, target, message and what to do next.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an engine error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="target">What was worked on: never a connection string.</param>
    /// <param name="targetWord">What that is: a database, a folder.</param>
    public static ErrorRecord Of(MigrationException error, string? target, string targetWord = "Database") =>
        new(error, error.Id.ToString(), CategoryOf(error), target)
        {
            ErrorDetails = new ErrorDetails(Message(error, target, targetWord))
            {
                RecommendedAction = error.NextStep.Spell(ModuleSpelling.Instance),
            },
        };

    /// <summary>The record of an error in what was given to a cmdlet.</summary>
    public static ErrorRecord Of(string id, ErrorCategory category, string? target, string message, string nextStep) =>
        new(new PSInvalidOperationException(message), id, category, target)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = nextStep },
        };

    /// <summary>The record of an unexpected error: a bug in the module.</summary>
    public static ErrorRecord Unexpected(Exception error, string? target)
    {
        const string Way = "This is a bug in the module. Please report it with: $Error[0].Exception | Format-List * -Force";
        return new ErrorRecord(error, "UnexpectedError", ErrorCategory.InvalidResult, target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = Way },
        };
    }

    private static string Message(MigrationException error, string? target, string targetWord)
    {
        var text = new StringBuilder(error.MessageIn(ModuleSpelling.Instance));
        if (error.Location is { } location && !error.Message.Contains(location.File, StringComparison.Ordinal))
            text.Append("\n  at ").Append(location);
        if (error is StatementException statement)
            AppendStatement(text, statement);
        if (target is not null && !error.Message.Contains(target, StringComparison.Ordinal))
            text.Append("\n  ").Append(targetWord).Append(": ").Append(target);
        Append(text, ErrorFacts.OfRun(error));
        // The way out is not repeated here: PowerShell shows the recommended action below the message.
        return text.ToString();
    }

    private static void AppendStatement(StringBuilder text, StatementException error)
    {
        Append(text, ErrorFacts.OfStatement(error));
        if (error.Statement is { } statement)
            text.Append('\n').AppendJoin('\n', StatementExcerpt.Lines(statement, error.StatementOffset, error.Location?.Line ?? 1));
    }

    private static void Append(StringBuilder text, IEnumerable<(string Name, string Value)> facts)
    {
        foreach (var (name, value) in facts)
            text.Append("\n  ").Append(name).Append(": ").Append(value);
    }

    private static ErrorCategory CategoryOf(MigrationException error) =>
        error.Category switch
        {
            FailureCategory.Usage => ErrorCategory.InvalidArgument,
            FailureCategory.NotFound => ErrorCategory.ObjectNotFound,
            FailureCategory.Folder => ErrorCategory.ParserError,
            FailureCategory.Refused => ErrorCategory.InvalidOperation,
            FailureCategory.Connection => ErrorCategory.ConnectionError,
            FailureCategory.Authentication => ErrorCategory.AuthenticationError,
            FailureCategory.Permission => ErrorCategory.PermissionDenied,
            FailureCategory.Lock => ErrorCategory.ResourceBusy,
            FailureCategory.Timeout => ErrorCategory.OperationTimeout,
            FailureCategory.Statement => ErrorCategory.InvalidOperation,
            FailureCategory.Data => ErrorCategory.InvalidData,
            FailureCategory.Cancelled => ErrorCategory.OperationStopped,
            _ => ErrorCategory.InvalidResult,
        };
}
