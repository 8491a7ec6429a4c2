using System.Runtime.CompilerServices;

namespace Migrations;

/// <summary>
/// The commands that a <see cref="Advice"/> may name; a property's name is the command's. A ref struct has no place in a plain string, so
/// the compiler refuses a text in which the command would not be spelled by the face.
/// </summary>
internal readonly ref struct Call
{
    private Call(CommandCall data) => Data = data;

    public static Call Adopt => Named();
    public static Call Backup => Named();
    public static Call Backups => Named();
    public static Call Baseline => Named();
    public static Call Check => Named();
    public static Call Config => Named();
    public static Call Create => Named();
    public static Call Diff => Named();
    public static Call Down => Named();
    public static Call Fresh => Named();
    public static Call History => Named();
    public static Call Init => Named();
    public static Call Lint => Named();
    public static Call Prune => Named();
    public static Call Repair => Named();
    public static Call Restore => Named();
    public static Call Run => Named();
    public static Call Script => Named();
    public static Call Squash => Named();
    public static Call Status => Named();
    public static Call Test => Named();
    public static Call Up => Named();
    public static Call Verify => Named();

    /// <summary>The command with what follows it.</summary>
    public CommandCall Data { get; }

    /// <summary>The command with its operands.</summary>
    public Call On(params object?[] operands) => new(Data with { Operands = [.. operands.Select(CallOption.TextOf)] });

    /// <summary>The command with an option more.</summary>
    public Call With(CallOption option) => new(Data with { Options = [.. Data.Options, option.Data] });

    /// <summary>As the command line spells it.</summary>
    public override string ToString() => Spelling.CommandLine.Of(Data);

    private static Call Named([CallerMemberName] string property = "") => new(new CommandCall(CallOption.NameOf(property), [], []));
}
