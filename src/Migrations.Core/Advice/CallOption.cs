using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Migrations;

/// <summary>The options that a <see cref="Advice"/> may name; a property's name is the option's.</summary>
internal readonly ref struct CallOption
{
    private CallOption(CommandOption data) => Data = data;

    public static CallOption AcceptDataLoss => Named();
    public static CallOption AcceptFaults => Named();
    public static CallOption AcceptUnseenCode => Named();
    public static CallOption All => Named();
    public static CallOption AllowEmpty => Named();
    public static CallOption AllowOutOfOrder => Named();
    public static CallOption AllowUnmatched => Named();
    public static CallOption AssignService => Named();
    public static CallOption Backup => Named();
    public static CallOption Backups => Named();
    public static CallOption Category => Named();
    public static CallOption Checklist => Named();
    public static CallOption ColumnType => Named();
    public static CallOption Command => Named();
    public static CallOption Compress => Named();
    public static CallOption Config => Named();
    public static CallOption Create => Named();
    public static CallOption Database => Named();
    public static CallOption Destination => Named();
    public static CallOption Encoding => Named();
    public static CallOption Environment => Named();
    public static CallOption Exclude => Named();
    public static CallOption ExcludeTable => Named();
    public static CallOption For => Named();
    public static CallOption Force => Named();
    public static CallOption Format => Named();
    public static CallOption From => Named();
    public static CallOption Full => Named();
    public static CallOption FullText => Named();
    public static CallOption HistorySchema => Named();
    public static CallOption HistoryTable => Named();
    public static CallOption Idempotent => Named();
    public static CallOption Identity => Named();
    public static CallOption IgnoreForeignHistory => Named();
    public static CallOption IncludeOthers => Named();
    public static CallOption Jobs => Named();
    public static CallOption KeepDaily => Named();
    public static CallOption KeepDays => Named();
    public static CallOption KeepInStep => Named();
    public static CallOption KeepLast => Named();
    public static CallOption KeepMonthly => Named();
    public static CallOption KeepStates => Named();
    public static CallOption KeepWeekly => Named();
    public static CallOption Last => Named();
    public static CallOption Latest => Named();
    public static CallOption Layout => Named();
    public static CallOption LockTimeout => Named();
    public static CallOption Mapping => Named();
    public static CallOption Marker => Named();
    public static CallOption MaxDuration => Named();
    public static CallOption New => Named();
    public static CallOption NoCounts => Named();
    public static CallOption NoHooks => Named();
    public static CallOption OnError => Named();
    public static CallOption OutputFile => Named();
    public static CallOption Owner => Named();
    public static CallOption Path => Named();
    public static CallOption Prove => Named();
    public static CallOption Record => Named();
    public static CallOption Recreate => Named();
    public static CallOption RejectFile => Named();
    public static CallOption RemoveMissing => Named();
    public static CallOption Rename => Named();
    public static CallOption RequireProven => Named();
    public static CallOption Restamp => Named();
    public static CallOption Salvage => Named();
    public static CallOption SchemaFile => Named();
    public static CallOption SchemaOnly => Named();
    public static CallOption ScratchDatabase => Named();
    public static CallOption Seed => Named();
    public static CallOption Service => Named();
    public static CallOption Stamp => Named();
    public static CallOption SkipChecksum => Named();
    public static CallOption SkipComparison => Named();
    public static CallOption SkipProof => Named();
    public static CallOption SourceEnvironment => Named();
    public static CallOption Sql => Named();
    public static CallOption StatementDone => Named();
    public static CallOption StatementNotDone => Named();
    public static CallOption StatementTimeout => Named();
    public static CallOption Summary => Named();
    public static CallOption Table => Named();
    public static CallOption TableLockTimeout => Named();
    public static CallOption Target => Named();
    public static CallOption Template => Named();
    public static CallOption Thorough => Named();
    public static CallOption To => Named();
    public static CallOption Tool => Named();
    public static CallOption Undo => Named();
    public static CallOption Variable => Named();
    public static CallOption WhatIf => Named();
    public static CallOption WithData => Named();
    public static CallOption WriteBack => Named();

    /// <summary>The option with its value.</summary>
    public CommandOption Data { get; }

    /// <summary>The option with a value.</summary>
    public CallOption Of(object? value) => new(Data with { Value = TextOf(value) });

    /// <summary>A value as it is typed.</summary>
    public static string TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>The name that a property stands for: <c>allow-empty</c> for <c>AllowEmpty</c>.</summary>
    public static string NameOf(string property)
    {
        var name = new StringBuilder();
        foreach (var letter in property)
        {
            if (char.IsUpper(letter) && name.Length > 0)
                name.Append('-');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    /// <summary>As the command line spells it.</summary>
    public override string ToString() => Spelling.CommandLine.Of(Data);

    private static CallOption Named([CallerMemberName] string property = "") => new(new CommandOption(NameOf(property)));
}
