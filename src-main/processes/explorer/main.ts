/** The explorer process: answers what the studio asks about data, labels and templates while a recipe is written. */
import { watchMemory } from '../preparer/memory-watchdog.ts';
import { answerQuestion } from './answer-question.ts';
import { ExplorerSession } from './explorer-session.ts';
import { serveQuestions } from './serve-questions.ts';

watchMemory();
const session = new ExplorerSession();
serveQuestions((question, context) => answerQuestion(session, question, context));
