namespace Migrations.Folders;

/// <summary>Puts up and down scripts together into migrations, and finds what does not go together.</summary>
internal sealed class MigrationPairing
{
    private readonly Dictionary<MigrationFile, ScriptFile> _scripts;
    private readonly NumberingStyle _style;
    private readonly bool _byName;
    private readonly bool _isForced;
    private int _renumbered;

    public MigrationPairing(Dictionary<MigrationFile, ScriptFile> scripts, NumberingStyle style, FolderOptions options)
    {
        _scripts = scripts;
        _style = style;
        _byName = options.IdentityByName;
        _isForced = options.Layout is not null;
    }

    /// <summary>The migrations in the order in which they are applied.</summary>
    public List<Migration> Migrations { get; } = [];

    /// <summary>What does not go together.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>The warnings.</summary>
    public List<FileProblem> Warnings { get; } = [];

    /// <summary>Pairs the files, given in the order of their paths.</summary>
    public void Pair(IReadOnlyList<MigrationFile> files)
    {
        foreach (var group in files.Where(f => f.Version is not null).GroupBy(f => f.Version!).OrderBy(g => g.Key))
            PairVersion([.. group]);
        foreach (
            var same in files
                .Where(f => f.Version is null)
                .GroupBy(f => f.Name, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
            AddRepeatable([.. same]);
    }

    private void AddRepeatable(List<MigrationFile> same)
    {
        foreach (var second in same.Skip(1))
            Report(
                second,
                ErrorId.MigrationDuplicate,
                $"The file has the same name as '{same[0].Path}'.",
                "Rename one of the two, or delete it."
            );
        Add(same[0], down: null);
    }

    private void PairVersion(List<MigrationFile> group)
    {
        var ups = group.Where(f => !f.IsDown).OrderBy(f => f.FullName, StringComparer.Ordinal).ToList();
        var downs = group.Where(f => f.IsDown).ToList();
        if (ups.Count == 0)
        {
            downs.ForEach(ReportOrphan);
            return;
        }

        if (ups.Count > 1 && !_byName || HaveEqualNames(ups))
        {
            ReportDuplicates(ups);
            return;
        }

        foreach (var up in ups)
        {
            var matching = downs.FindAll(d => Belongs(d, up, ups.Count == 1));
            if (matching.Count == 0 && ups.Count == 1 && downs is [var only] && BelongsByNumber(only, up))
                matching = [only];
            downs.RemoveAll(matching.Contains);
            if (matching.Count == 0 && IsLoneUndo(up, ups))
                continue;
            if (matching.Count > 1)
                ReportTwoDowns(up, matching);
            Add(up, matching.FirstOrDefault());
        }

        foreach (var down in downs)
            ReportNameDiffers(down, ups);
    }

    /// <summary>
    /// <c>002_b_down.sql</c> may undo a migration, or be one (<c>010_scale_down.sql</c>). One with an undo of its own is one, and a forced
    /// layout says that endings are part of the names; all else is for the user to say, since an undo that runs as an up deletes what it
    /// undoes.
    /// </summary>
    private bool IsLoneUndo(MigrationFile file, List<MigrationFile> ups)
    {
        if (
            file.Form != FileForm.Plain
            || _scripts[file].Dialect is not null
            || !MigrationFileName.EndsLikeUndo(file.FullName, out var rest)
        )
            return false;
        var up = ups.Find(u => u != file && (Is(u.FullName, rest) || Is(u.FullName, rest + "_up")));
        if (_isForced && up is null)
            return false;
        var name = Path.GetFileName(rest);
        Report(
            file,
            ErrorId.UndoOrphaned,
            up is null
                ? "The name ends like that of a down script, but there is no up script for it."
                : $"The name ends like that of the down script of '{up.ShownName}'.",
            $"If it rolls back {(up is null ? "a migration" : "that one")}, rename it to "
                + $"'{name}.down.sql'{(up is null ? $" and add the up script '{name}.sql'" : $", and the up script to '{name}.sql'")}. "
                + $"If it is itself an up script, rename it to '{Path.GetFileName(file.FullName)}.up.sql'."
        );
        return true;

        static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
    }

    private static bool HaveEqualNames(List<MigrationFile> ups) =>
        ups.Select(u => u.FullName).Distinct(StringComparer.Ordinal).Count() < ups.Count;

    /// <summary>A down without a name (<c>rollback/0001_rollback.sql</c>) belongs to the only up of its number.</summary>
    private static bool Belongs(MigrationFile down, MigrationFile up, bool only) =>
        string.Equals(down.Name, up.Name, StringComparison.Ordinal) || down.Name.Length == 0 && only;

    /// <summary>
    /// Where both names say what they are (<c>7_add.up.sql</c>, <c>7_drop.down.sql</c>), the number alone pairs them, as golang-migrate has
    /// it.
    /// </summary>
    private bool BelongsByNumber(MigrationFile down, MigrationFile up)
    {
        if (up.Form != FileForm.UpSuffix || down.Form != FileForm.DownSuffix)
            return false;
        Warnings.Add(
            down.Problem(
                ErrorId.UndoNameDiffers,
                $"The down script has the number of '{up.ShownName}' but a different name.",
                $"If it rolls back that migration, rename it to '{NameFor(down, up)}'."
            )
        );
        return true;
    }

    private void Add(MigrationFile up, MigrationFile? down)
    {
        if (_scripts[up].Script is not { } script)
            return;
        if (script.IsEmpty)
            Warnings.Add(EmptyScript.Problem(script));
        var undo = Undo(up, down);
        if (undo is { IsEmpty: false } && script.Header.Irreversible)
            Report(
                up,
                ErrorId.HeaderInvalid,
                "The header says 'Irreversible: yes', but there is a down script with statements.",
                "Remove the line from the header, or delete the down script."
            );
        if (undo is { IsEmpty: true } && !script.Header.Irreversible)
            Warnings.Add(
                new FileProblem(
                    ErrorId.UndoMissing,
                    new ScriptLocation(undo.File, undo.FirstLine),
                    "The down script contains no statement, so the migration cannot be rolled back.",
                    "Write the down script; nothing needs to be done if the migration is irreversible."
                )
            );
        Migrations.Add(
            new Migration
            {
                Key = up.Version is null || _byName ? MigrationKey.Of(up.FullName) : MigrationKey.Of(up.Version),
                Version = up.Version,
                Name = up.Name,
                FullName = up.FullName,
                Layout = LayoutOf(up, down),
                Up = script,
                Down = undo,
            }
        );
    }

    private MigrationScript? Undo(MigrationFile up, MigrationFile? down)
    {
        var section = _scripts[up].DownSection;
        if (section is not null && down is not null)
            Report(
                down,
                ErrorId.MigrationDuplicate,
                $"'{up.ShownName}' has a down section of its own (line {section.FirstLine - 1}).",
                "Keep one of the two down scripts."
            );
        return section ?? (down is null ? null : _scripts[down].Script);
    }

    private MigrationLayout LayoutOf(MigrationFile up, MigrationFile? down) =>
        (up.Form, down?.Form) switch
        {
            _ when up.VersionFolder is not null => MigrationLayout.VersionFolders,
            (FileForm.Versioned, _) => MigrationLayout.Versioned,
            (FileForm.FolderEach or FileForm.FolderEachWhole, _) => MigrationLayout.FolderEach,
            (FileForm.UpSuffix, _) => MigrationLayout.UpDownSuffix,
            (_, FileForm.RollbackSuffix) => MigrationLayout.RollbackSuffix,
            (_, FileForm.RollbackFolder) => MigrationLayout.RollbackFolder,
            (_, FileForm.DownSuffix) => MigrationLayout.DownSuffix,
            _ when _scripts[up].Dialect is not null => MigrationLayout.Sections,
            _ => _style.Layout is MigrationLayout.RollbackSuffix or MigrationLayout.RollbackFolder
                ? _style.Layout
                : MigrationLayout.DownSuffix,
        };

    private void ReportOrphan(MigrationFile down)
    {
        var name = down.Name.Length > 0 ? down.Name : "name";
        var layout = down.Form switch
        {
            FileForm.RollbackFolder => MigrationLayout.RollbackFolder,
            FileForm.RollbackSuffix => MigrationLayout.RollbackSuffix,
            FileForm.Versioned => MigrationLayout.Versioned,
            FileForm.FolderEach => MigrationLayout.FolderEach,
            _ when down.VersionFolder is not null => MigrationLayout.VersionFolders,
            _ => _style.Layout == MigrationLayout.UpDownSuffix ? MigrationLayout.UpDownSuffix : MigrationLayout.DownSuffix,
        };
        var remedy = $"Add the up script '{MigrationFileName.Compose(layout, down.Number, name, down: false)}', or delete this file.";
        if (down.Form is FileForm.RollbackSuffix or FileForm.DownSuffix)
            remedy +=
                " If it is itself an up script, rename it to "
                + $"'{Path.GetFileName(down.FullName)}{(down.Form == FileForm.RollbackSuffix ? "_rollback" : "")}.up.sql'.";
        Report(down, ErrorId.UndoOrphaned, "The down script has no up script.", remedy);
    }

    private void ReportDuplicates(List<MigrationFile> ups)
    {
        foreach (var second in ups.Skip(1))
            Report(
                second,
                ErrorId.MigrationDuplicate,
                $"The file has the same version as '{ups[0].ShownName}'.",
                DuplicateRemedy(second, ups[0])
            );
    }

    private Advice DuplicateRemedy(MigrationFile second, MigrationFile first)
    {
        foreach (var (file, ending, down) in new[] { (second, "_up", false), (first, "_down", true), (second, "_down", true) })
        {
            if (file.Form == FileForm.Plain && file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return $"If '{file.FileName}' is intended as {(down ? "a down" : "an up")} script, rename it to "
                    + $"'{file.FullName[..^ending.Length]}{(down ? ".down" : ".up")}.sql'; delete the duplicate.";
        }

        var number = _style.Next(File.GetLastWriteTimeUtc(second.Path), _renumbered++);
        var name =
            second.Form == FileForm.Plain
                ? $"{number}_{second.Name}.sql"
                : MigrationFileName.Compose(LayoutOf(second, down: null), number, second.Name, down: false);
        return $"If it has not been applied anywhere yet, rename it to '{name}'; "
            + $"otherwise identify migrations by name: {CallOption.Identity.Of("name")}.";
    }

    private void ReportTwoDowns(MigrationFile up, List<MigrationFile> downs) =>
        Report(
            downs[1],
            ErrorId.MigrationDuplicate,
            $"'{up.ShownName}' already has a down script, '{downs[0].ShownName}'.",
            "Keep one of the two down scripts."
        );

    private void ReportNameDiffers(MigrationFile down, List<MigrationFile> ups)
    {
        var names = ups.Select(up => NameFor(down, up)).ToList();
        Report(
            down,
            ErrorId.UndoNameDiffers,
            $"The down script has the number of '{string.Join("' and '", ups.Select(u => u.ShownName))}', but another name.",
            $"Rename it to '{string.Join("' or '", names)}', or give it the number of the migration it rolls back."
        );
    }

    private static string NameFor(MigrationFile down, MigrationFile up) =>
        down.Form switch
        {
            FileForm.RollbackFolder => up.FullName + "_rollback.sql",
            FileForm.RollbackSuffix => up.FullName + "_rollback.sql",
            FileForm.Versioned => MigrationFileName.Compose(MigrationLayout.Versioned, down.Number, up.Name, down: true),
            FileForm.FolderEach => Path.GetFileName(Path.GetDirectoryName(up.Path)) + "/" + down.FileName,
            _ => Path.GetFileName(up.FullName) + ".down.sql",
        };

    private void Report(MigrationFile file, ErrorId id, string message, Advice remedy, int line = 1) =>
        Problems.Add(file.Problem(id, message, remedy, line));
}
