/** Worker: reads, parses and validates large answers of the web host, one after the other. */
import '../validation-setup.ts';
import { answerInPieces, type LargeAnswerRequest } from './large-answer-pieces.ts';

self.onmessage = ({ data }: MessageEvent<LargeAnswerRequest>) =>
  answerInPieces(data, message => self.postMessage(message));
