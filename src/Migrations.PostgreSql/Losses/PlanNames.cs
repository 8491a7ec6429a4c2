namespace Migrations.PostgreSql;

/// <summary>What the scripts before one in a plan leave behind under names that are not, or not so, there yet.</summary>
internal static class PlanNames
{
    /// <summary>Something was put into a schema, a table or an extension of this name.</summary>
    public static string Inside(string name) => "in " + SqlNames.PlainLast(name);

    /// <summary>A view of this name was made.</summary>
    public static string Through(string name) => "through " + SqlNames.PlainLast(name);

    /// <summary>What a statement leaves behind: tables that it makes out of others, or renames, what it moves, views, functions.</summary>
    public static IEnumerable<string> Made(string statement)
    {
        foreach (var what in LossReader.Read(statement))
        {
            switch (what.Act)
            {
                case LossAct.Rename when what.Kind is "SCHEMA":
                    yield return SqlNames.PlainLast(what.Name);
                    yield return Inside(what.Second!);
                    break;
                case LossAct.Rename:
                    yield return SqlNames.PlainLast(what.Second!);
                    break;
                case LossAct.RenameSchema:
                    yield return Inside(what.Second!);
                    break;
                case LossAct.Attach:
                    yield return Inside(what.Name);
                    break;
                case LossAct.CreateView:
                    yield return Through(what.Name);
                    break;
                case LossAct.Create when RowCopy.Read(statement, 1) is not null:
                    yield return SqlNames.PlainLast(what.Name);
                    break;
            }
        }

        if (HarmfulRoutines.NameMade(statement) is { } routine && HarmfulRoutines.IsHarmful(statement))
            yield return routine + "()";
    }
}
