/** Composes the studio: the frame around the page, and which feature is on it. */
import {
  Activity,
  Cpu,
  HardDrive,
  History,
  Keyboard,
  MessagesSquare,
  Plus,
  Search,
  Settings,
  TriangleAlert,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { RunSummary } from '../src-shared/domain/run.ts';
import { useConnection, useQuery } from './backend-client/backend-context.tsx';
import { useDesktopRequest } from './backend-client/desktop-requests.ts';
import { useQueue } from './backend-client/use-queue.ts';
import { useListedRun, useRunsUnderWay } from './backend-client/use-runs.ts';
import { CommandPalette } from './commands/command-palette.tsx';
import { NativeMenu } from './commands/native-menu.tsx';
import { ariaShortcut, formatShortcut } from './commands/shortcut.ts';
import { ShortcutList } from './commands/shortcut-list.tsx';
import { IS_MAC, useCommand, useShortcuts } from './commands/use-commands.tsx';
import { useDraft } from './draft/use-draft.tsx';
import { ChatPage } from './features/chat/chat-page.tsx';
import { ComparePage } from './features/compare/compare-page.tsx';
import { DiskPage } from './features/disk/disk-page.tsx';
import { LimitCard } from './features/disk/limit-card.tsx';
import { ExportCard } from './features/export/export-card.tsx';
import { HistoryPage } from './features/history/history-page.tsx';
import { Inspector } from './features/inspector/inspector.tsx';
import { QueuePanel } from './features/queue/queue-panel.tsx';
import { SalvageNotice } from './features/salvage/salvage-notice.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { ThemeSwitch } from './features/settings/theme-switch.tsx';
import { EndedRuns } from './features/training/ended-runs.tsx';
import { NoLiveRun, RunPage } from './features/training/run-page.tsx';
import { useLiveShare } from './features/training/use-live-share.ts';
import { FileIntake } from './features/wizard/file-intake.tsx';
import { WizardPage } from './features/wizard/wizard-page.tsx';
import { WorstPage } from './features/worst/worst-page.tsx';
import { formatBytes } from './format/numbers.ts';
import { hrefOf, navigate, type Route, useRoute } from './router.ts';
import { chatStrings } from './strings/chat.ts';
import { compareStrings } from './strings/compare.ts';
import { diskStrings } from './strings/disk.ts';
import { historyStrings } from './strings/history.ts';
import { queueStrings } from './strings/queue.ts';
import { settingsStrings } from './strings/settings.ts';
import { type StepName, wizardStrings } from './strings/wizard.ts';
import { worstStrings } from './strings/worst.ts';
import { strings } from './strings.ts';
import { BrandMark } from './ui/brand-mark.tsx';
import { IconButton } from './ui/button.tsx';
import { Callout } from './ui/callout.tsx';
import { IconRail } from './ui/icon-rail.tsx';
import { KeyHint } from './ui/key-hint.tsx';

export function App() {
  const connection = useConnection();
  return connection === 'signedOut' ? <SignedOut /> : <Studio isLost={connection === 'lost'} />;
}

function Studio({ isLost }: { readonly isLost: boolean }) {
  const route = useRoute();
  const underWay = useRunsUnderWay();
  const shownRun = useListedRun(route.page === 'run' || route.page === 'worst' ? route.id : null);
  const queue = useQueue();
  const queued = queue.status === 'ready' ? queue.value.items.length : 0;
  const [liveRun] = underWay;
  const onLive =
    route.page === 'live' || (route.page === 'run' && underWay.some(({ id }) => id === route.id));
  const draft = useDraft();
  const title = titleOf(route, shownRun?.name ?? null, String(draft.recipe['name'] ?? ''));
  const main = useRef<HTMLElement>(null);
  useShortcuts();
  useNavigationCommands(liveRun);
  usePageChange(route, title, useLiveShare(liveRun), main);
  useDesktopRequest('run', ({ id }) => openRun(id));
  useLiveRunRedirect(route, liveRun);

  return (
    <div className="app">
      <TitleBar title={title} onSkip={() => main.current?.focus()} />
      <IconRail
        label={strings.app.mainNavigation}
        items={railItems(route, shownRun ?? null, onLive, liveRun, queued)}
      />
      <main className="main" ref={main} tabIndex={-1}>
        {isLost && (
          <div className="connection-banner" role="alert">
            <TriangleAlert size={16} strokeWidth={1.5} aria-hidden="true" />
            {strings.connection.lost}
          </div>
        )}
        <SalvageNotice />
        <FileIntake go={openStep} />
        <EndedRuns
          underWay={underWay}
          shownId={route.page === 'run' ? route.id : null}
          hrefOfRun={hrefOfRun}
        />
        {route.page === 'newRun' && (
          <WizardPage
            step={route.step}
            renderInspector={slot => <Inspector {...slot} />}
            go={openStep}
            onStarted={openRun}
          />
        )}
        {route.page === 'live' && <NoLiveRun onNewRun={openNewRun} />}
        {route.page === 'history' && (
          <HistoryPage hrefOfRun={hrefOfRun} onNewRun={openNewRun} onCompare={openComparison} />
        )}
        {route.page === 'run' && (
          <RunPage
            key={route.id}
            id={route.id}
            listed={shownRun}
            chatHref={hrefOf({ page: 'chat', id: route.id })}
            worstHref={hrefOf({ page: 'worst', id: route.id })}
            exportPanel={(hasAdapter, hasBest) => (
              <ExportCard id={route.id} hasAdapter={hasAdapter} hasBest={hasBest} />
            )}
            busyWith={underWay.find(run => run.id !== route.id)?.name ?? null}
          />
        )}
        {onLive && <QueuePanel queue={queue} />}
        {route.page === 'compare' && (
          <ComparePage ids={route.ids} onHistory={openHistory} hrefOfRun={hrefOfRun} />
        )}
        {route.page === 'worst' && (
          <WorstPage
            key={route.id}
            id={route.id}
            runHref={hrefOfRun(route.id)}
            renderInspector={({ firstPart, losses, ...inspected }) => (
              <Inspector
                key={`${losses.split} ${losses.measuredAt} ${firstPart}`}
                {...inspected}
                firstPart={firstPart}
                losses={losses}
                preparedId={null}
                totalRows={null}
                findings={NO_FINDINGS}
                wanted={null}
                onShown={() => undefined}
              />
            )}
          />
        )}
        {route.page === 'disk' && <DiskPage />}
        {route.page === 'settings' && <SettingsPage cacheLimit={<LimitCard />} />}
        {route.page === 'chat' && <ChatPage id={route.id} onNewRun={openNewRun} />}
      </main>
    </div>
  );
}

function TitleBar({ title, onSkip }: { readonly title: string; onSkip(): void }) {
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const [isListOpen, setIsListOpen] = useState(false);
  const palette = useCommand({
    id: 'app.palette',
    title: strings.app.palette,
    shortcut: 'Mod+K',
    enabled: true,
    isListed: false,
    isInMenu: true,
    run: () => setIsPaletteOpen(isOpen => !isOpen),
  });
  const shortcutList = useCommand({
    id: 'app.shortcuts',
    title: strings.shortcuts.open,
    shortcut: 'Mod+/',
    enabled: true,
    run: () => setIsListOpen(isOpen => !isOpen),
  });
  return (
    <header className="titlebar">
      <button type="button" className="skip-link" onClick={onSkip}>
        {strings.app.skip}
      </button>
      <div className="titlebar-left">
        <span className="brand">
          <BrandMark />
          <span className="sr-only">{strings.app.name}</span>
        </span>
        <span className="crumb clip">{title}</span>
      </div>
      <button
        type="button"
        className="command-trigger"
        aria-keyshortcuts={ariaShortcut('Mod+K', IS_MAC)}
        onClick={palette.run}
      >
        <Search size={14} strokeWidth={1.5} aria-hidden="true" />
        <span className="grow clip">{palette.title}</span>
        <KeyHint>{formatShortcut('Mod+K', IS_MAC)}</KeyHint>
      </button>
      <div className="titlebar-right">
        <DeviceChip />
        <IconButton label={shortcutList.title} icon={Keyboard} onClick={shortcutList.run} />
        <ThemeSwitch />
      </div>
      <NativeMenu />
      <ShortcutList isOpen={isListOpen} onClose={() => setIsListOpen(false)} />
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setIsPaletteOpen(false)} />
    </header>
  );
}

function DeviceChip() {
  const info = useQuery('app.info', {});
  if (info.status !== 'ready') return null;
  const { processor, memoryFreeBytes, memoryTotalBytes } = info.value;
  return (
    <span className="device-chip wide-only">
      <Cpu size={14} strokeWidth={1.5} aria-hidden="true" />
      <span className="clip">{processor}</span>
      <span>{strings.app.memoryFree(formatBytes(memoryFreeBytes), formatBytes(memoryTotalBytes))}</span>
    </span>
  );
}

function SignedOut() {
  return (
    <main className="whole-page">
      <h1 className="sr-only">{strings.app.name}</h1>
      <Callout tone="warn" title={strings.connection.signedOutTitle}>
        <p>{strings.connection.signedOutCause}</p>
        <p>{strings.connection.signedOutRemedy}</p>
      </Callout>
    </main>
  );
}

function useNavigationCommands(liveRun: RunSummary | undefined): void {
  useCommand({
    id: 'go.newRun',
    title: strings.app.goTo(strings.app.newRun),
    enabled: true,
    run: openNewRun,
  });
  useCommand({
    id: 'go.live',
    title: strings.app.goTo(strings.app.live),
    enabled: true,
    run: () => navigate(liveRoute(liveRun)),
  });
  useCommand({
    id: 'go.queue',
    title: strings.app.goTo(queueStrings.goTo),
    enabled: true,
    run: () => navigate(liveRoute(liveRun)),
  });
  useCommand({
    id: 'go.history',
    title: strings.app.goTo(strings.app.history),
    enabled: true,
    run: openHistory,
  });
  useCommand({
    id: 'go.chat',
    title: strings.app.goTo(chatStrings.title),
    enabled: true,
    run: () => navigate({ page: 'chat', id: null }),
  });
  useCommand({
    id: 'go.disk',
    title: strings.app.goTo(diskStrings.title),
    enabled: true,
    run: () => navigate({ page: 'disk' }),
  });
  useCommand({
    id: 'go.settings',
    title: strings.app.goTo(settingsStrings.title),
    shortcut: 'Mod+,',
    enabled: true,
    run: () => navigate({ page: 'settings' }),
  });
}

/** Someone who waits on the empty live page is taken to the run that begins. */
function useLiveRunRedirect(route: Route, liveRun: RunSummary | undefined): void {
  const liveId = route.page === 'live' ? liveRun?.id : undefined;
  useEffect(() => {
    if (liveId !== undefined) window.location.replace(hrefOfRun(liveId));
  }, [liveId]);
}

/** Names the document after the page, and takes the focus to it after a change, not on the first load. */
function usePageChange(
  route: Route,
  title: string,
  percent: number | null,
  main: React.RefObject<HTMLElement | null>,
): void {
  const address = hrefOf(route);
  const lastAddress = useRef(address);
  useEffect(() => {
    document.title = strings.app.title(title, percent);
  }, [title, percent]);
  useEffect(() => {
    if (lastAddress.current === address) return;
    lastAddress.current = address;
    main.current?.focus();
  }, [address, main]);
}

function railItems(
  route: Route,
  shownRun: RunSummary | null,
  onLive: boolean,
  liveRun: RunSummary | undefined,
  queued: number,
) {
  return [
    {
      href: hrefOf({ page: 'newRun', step: 'model' }),
      label: strings.app.newRun,
      icon: Plus,
      isCurrent: route.page === 'newRun',
    },
    {
      href: hrefOf(liveRoute(liveRun)),
      label: strings.app.live,
      icon: Activity,
      isCurrent: onLive,
      ...(liveRun ? { activity: strings.app.liveActive } : {}),
      ...(queued > 0 ? { count: { shown: String(queued), said: queueStrings.count(queued) } } : {}),
    },
    {
      href: hrefOf({ page: 'history' }),
      label: strings.app.history,
      icon: History,
      isCurrent:
        route.page === 'history' ||
        route.page === 'compare' ||
        route.page === 'worst' ||
        (route.page === 'run' && !onLive),
    },
    {
      href: hrefOf({ page: 'chat', id: route.page === 'run' && shownRun && !onLive ? shownRun.id : null }),
      label: chatStrings.title,
      icon: MessagesSquare,
      isCurrent: route.page === 'chat',
    },
    {
      href: hrefOf({ page: 'disk' }),
      label: diskStrings.title,
      icon: HardDrive,
      isCurrent: route.page === 'disk',
    },
    {
      href: hrefOf({ page: 'settings' }),
      label: settingsStrings.title,
      icon: Settings,
      isCurrent: route.page === 'settings',
    },
  ];
}

function liveRoute(liveRun: RunSummary | undefined): Route {
  return liveRun ? { page: 'run', id: liveRun.id } : { page: 'live' };
}

/** `runName`: of the run that the page is about; null where it is not known. */
function titleOf(route: Route, runName: string | null, draftName: string): string {
  if (route.page === 'newRun') {
    const step = wizardStrings.steps.names[route.step];
    return draftName === '' || draftName === 'untitled'
      ? `${strings.app.newRun}: ${step}`
      : `${draftName}: ${step}`;
  }
  if (route.page === 'run') return runName ?? strings.run.open;
  if (route.page === 'worst') return worstStrings.pageTitle(runName ?? strings.run.open);
  return {
    live: strings.app.live,
    history: historyStrings.title,
    chat: chatStrings.title,
    disk: diskStrings.title,
    settings: settingsStrings.title,
    compare: compareStrings.title,
  }[route.page];
}

const NO_FINDINGS: readonly string[] = [];

function openRun(id: string): void {
  navigate({ page: 'run', id });
}

function openHistory(): void {
  navigate({ page: 'history' });
}

function openComparison(ids: readonly string[]): void {
  navigate({ page: 'compare', ids });
}

function openNewRun(): void {
  navigate({ page: 'newRun', step: 'model' });
}

function openStep(step: StepName): void {
  navigate({ page: 'newRun', step });
}

function hrefOfRun(id: string): string {
  return hrefOf({ page: 'run', id });
}
