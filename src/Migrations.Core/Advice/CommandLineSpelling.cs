namespace Migrations;

/// <summary>Commands and options as the command line spells them.</summary>
internal sealed class CommandLineSpelling : Spelling
{
    /// <inheritdoc/>
    public override string Of(CommandCall call) =>
        string.Join(' ', call.Operands.Select(Word).Concat(call.Options.Select(Of)).Prepend($"migrations {call.Command}"));

    /// <inheritdoc/>
    public override string Of(CommandOption option) => option.Value is { } value ? $"--{option.Name} {Word(value)}" : $"--{option.Name}";

    // In double quotes a shell still expands a dollar sign and a backtick.
    private static string Word(string value) =>
        IsPlain(value) ? value
        : value.IndexOfAny(['"', '$', '`']) < 0 ? $"\"{value}\""
        : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
