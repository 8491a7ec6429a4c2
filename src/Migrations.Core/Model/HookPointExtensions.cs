namespace Migrations;

/// <summary>What a <see cref="HookPoint"/> is called, and where it stands.</summary>
public static class HookPointExtensions
{
    /// <summary>All points, in the order in which they are reached.</summary>
    internal static readonly HookPoint[] All = Enum.GetValues<HookPoint>();

    /// <summary>The name of its files: <c>before-run</c>.</summary>
    public static string Word(this HookPoint point) =>
        point switch
        {
            HookPoint.BeforeRun => "before-run",
            HookPoint.BeforeEach => "before-each",
            HookPoint.BeforeUndo => "before-undo",
            HookPoint.AfterUndo => "after-undo",
            HookPoint.AfterEach => "after-each",
            HookPoint.AfterRun => "after-run",
            HookPoint.OnError => "on-error",
            _ => throw new ArgumentOutOfRangeException(nameof(point), point, message: null),
        };

    /// <summary>When it runs, for people: <c>before the run</c>.</summary>
    public static string When(this HookPoint point) =>
        point switch
        {
            HookPoint.BeforeRun => "before the first migration",
            HookPoint.BeforeEach => "before each migration",
            HookPoint.BeforeUndo => "before each rollback",
            HookPoint.AfterUndo => "after each rollback",
            HookPoint.AfterEach => "after each migration",
            HookPoint.AfterRun => "after the last migration",
            HookPoint.OnError => "if the run fails",
            _ => throw new ArgumentOutOfRangeException(nameof(point), point, message: null),
        };

    /// <summary>Whether it stands around each step, and not around the run.</summary>
    internal static bool IsOfStep(this HookPoint point) =>
        point is HookPoint.BeforeEach or HookPoint.BeforeUndo or HookPoint.AfterUndo or HookPoint.AfterEach;

    /// <summary>Whether a run in a direction reaches it.</summary>
    internal static bool IsReached(this HookPoint point, MigrationDirection direction) =>
        direction == MigrationDirection.Down || point is not (HookPoint.BeforeUndo or HookPoint.AfterUndo);
}
