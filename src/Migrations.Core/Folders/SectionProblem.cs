using static Migrations.Folders.SectionMarker;

namespace Migrations.Folders;

/// <summary>What is wrong with the section markers of a file.</summary>
internal static class SectionProblem
{
    public static FileProblem None(ScriptLocation place) =>
        Of(
            place,
            "The file has no section marker, but the layout 'sections' was selected.",
            "Add the line '-- Up Migration' above the up script and '-- Down Migration' above the down script."
        );

    public static FileProblem Stray(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"'-- {marker.Text}' occurs in a file without '{Write(marker.Dialect, down: false)}'.",
            $"Add the line '{Write(marker.Dialect, down: false)}' above the up script."
        );

    public static FileProblem Before(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"A statement precedes '{Write(marker.Dialect, down: false)}' and would never run.",
            $"Move it below the '{Write(marker.Dialect, down: false)}' line."
        );

    public static FileProblem DownFirst(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"'{Write(marker.Dialect, down: true)}' comes before '{Write(marker.Dialect, down: false)}'.",
            "Put the up section first."
        );

    public static FileProblem Twice(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"'{Write(marker.Dialect, marker.Kind == MarkerKind.Down)}' occurs a second time.",
            "Put each change in a separate file, or merge the sections: one up section and one down section per file."
        );

    public static FileProblem MixedTransactions(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"'-- {marker.Text}' and the section before it differ in 'transaction:false', but both are parts of one migration.",
            "Put them into separate files, or write the option for all sections of a kind or for none."
        );

    public static FileProblem OtherHalf(SectionMarker marker, SectionRule rule, ScriptLocation place)
    {
        var (half, other) = rule == SectionRule.UpOnly ? ("an up", "a down") : ("a down", "an up");
        return Of(
            place,
            $"According to its name the file contains only {half} script, but '-- {marker.Text}' begins {other} section in it.",
            "Keep both halves in one file named without a suffix, for example 001_name.sql, or move this section into the "
                + "other half's file."
        );
    }

    public static FileProblem OtherDialect(SectionMarker marker, SectionDialect dialect, ScriptLocation place) =>
        Of(
            place,
            $"'-- {marker.Text}' is not recognized in a file that uses '{Write(dialect, down: false)}'.",
            $"Use the markers '{Write(dialect, down: false)}' and '{Write(dialect, down: true)}' only."
        );

    public static FileProblem LikeDown(SectionMarker marker, ScriptLocation place) =>
        Of(
            place,
            $"'-- {marker.Text}' looks like the beginning of the down section, but is not a valid marker.",
            "Write '-- Down Migration' and nothing else on the line, or reword the comment."
        );

    public static FileProblem Unknown(SectionMarker marker, ScriptLocation place) =>
        new(ErrorId.HeaderInvalid, place, $"Unknown marker '-- {marker.Text}'.", Known(marker.Dialect));

    public static FileProblem UnknownOption(SectionMarker marker, string option, ScriptLocation place) =>
        new(
            ErrorId.HeaderInvalid,
            place,
            $"Unknown option '{option}' in '-- {marker.Text}'.",
            marker.Dialect == SectionDialect.Dbmate ? "The only option is 'transaction:false'." : "The only option is 'notransaction'."
        );

    private static string Known(SectionDialect dialect) =>
        dialect switch
        {
            SectionDialect.Goose => "Write '+goose' with Up, Down, NO TRANSACTION, StatementBegin, StatementEnd, ENVSUB ON or ENVSUB OFF.",
            SectionDialect.SqlMigrate => "Write '+migrate' with Up, Down, StatementBegin or StatementEnd.",
            _ => "Write 'migrate:up' or 'migrate:down'.",
        };

    private static FileProblem Of(ScriptLocation place, string message, Advice remedy) =>
        new(ErrorId.SectionInvalid, place, message, remedy);
}
