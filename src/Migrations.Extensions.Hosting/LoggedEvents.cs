using Microsoft.Extensions.Logging;
using Migrations.Events;

namespace Migrations.Extensions.Hosting;

/// <summary>Writes events to the application's log.</summary>
internal sealed class LoggedEvents(ILogger logger) : IEventSink
{
    public void Publish(MigrationEvent item)
    {
        switch (item)
        {
            case StepFinished { Result: { Outcome: MigrationOutcome.Done } done }:
                logger.Done(done.Direction, done.Name, done.Duration.TotalMilliseconds);
                break;
            case HookRan hook:
                logger.HookRan(hook.Hook, hook.Migration, hook.Duration.TotalMilliseconds);
                break;
            case WarningRaised warning:
                logger.Warned(warning.Advice.Spell(Spelling.Library));
                break;
            case ConnectionRetried retried:
                logger.ConnectionRetried(retried.Database, retried.Attempt, retried.Reason, retried.Delay.TotalSeconds);
                break;
            case StepRetried retried:
                logger.StepRetried(retried.Migration, retried.Attempt, retried.Attempts, retried.Blocker, retried.Delay.TotalSeconds);
                break;
            case LockAwaited locked:
                logger.LockAwaited(locked.Holder?.ToString() ?? "another session", locked.Waited.TotalSeconds, locked.Timeout.TotalSeconds);
                break;
            case NoticeReceived notice:
                logger.Noticed(notice.Severity, notice.Message);
                break;
        }
    }
}
