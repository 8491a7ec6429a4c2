namespace Migrations;

/// <summary>That a migration in code failed, and where, as what runs it knows it.</summary>
public sealed class CodeException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="message">What happened, in a sentence.</param>
    /// <param name="location">Where; null where that is not known.</param>
    /// <param name="inner">What was thrown.</param>
    public CodeException(string message, ScriptLocation? location, Exception? inner = null)
        : base(message, inner) => Location = location;

    /// <summary>Where in the file.</summary>
    public ScriptLocation? Location { get; }
}
