namespace Migrations;

/// <summary>How a face spells commands and options.</summary>
public abstract class Spelling
{
    /// <summary>As the command line spells them: <c>migrations up --allow-out-of-order</c>.</summary>
    public static Spelling CommandLine { get; } = new CommandLineSpelling();

    /// <summary>As the library spells them: <c>Migrator.ApplyAsync(AllowOutOfOrder: true)</c>, where the arguments are properties of the
    /// request and the options.</summary>
    public static Spelling Library { get; } = new LibrarySpelling();

    /// <summary>A command with its operands and options.</summary>
    /// <param name="call">The command.</param>
    public abstract string Of(CommandCall call);

    /// <summary>An option that stands alone, with its value if it has one.</summary>
    /// <param name="option">The option.</param>
    public abstract string Of(CommandOption option);

    /// <summary>
    /// Whether a value needs no quotes: one plain word, without the full stop that could end a sentence; or one in angle brackets that is
    /// to be filled in.
    /// </summary>
    /// <param name="value">The value.</param>
    protected static bool IsPlain(string value) =>
        value is ['<', .., '>'] || (value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "_-:=@+,".Contains(c)));
}
